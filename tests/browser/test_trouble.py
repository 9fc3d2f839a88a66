"""When the provider fails: what happened, what is kept, when it is tried again, one button."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import Pointer
from tests.browser.learner import SLOW, Learner
from tests.browser.site import Site, running
from tests.stubs.openai_server import Reply, Stub, failure, text
from tests.stubs.product_answers import answer


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    with Stub(answer=answer) as server:
        yield server


@pytest.fixture(scope="module")
def troubled_site(
    stub: Stub, static_files: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("troubled"), **stub.environment) as site:
        yield site


@pytest.fixture
def site(troubled_site: Site) -> Site:
    return troubled_site


@pytest.fixture
def learner(page: Page, stub: Stub) -> Iterator[Learner]:
    learner = Learner(page, Pointer(page))
    learner.sign_up()
    yield learner
    stub.replies.clear()
    stub.answer = answer


def test_a_busy_provider_is_told_and_needs_no_click(learner: Learner, stub: Stub) -> None:
    stub.queue(
        failure(429, "rate_limit", Retry_After="6"), failure(429, "rate_limit", Retry_After="1")
    )

    learner.ask_for_course()

    told = learner.page.locator(".wait [data-task-card]")
    expect(told).to_contain_text("The model provider is busy. We try again", timeout=SLOW)
    expect(learner.page.locator(".lesson-rows").first).to_be_visible(timeout=2 * SLOW)


def test_a_failure_says_what_is_kept_and_has_one_button(learner: Learner, stub: Stub) -> None:
    learner.get_course()
    learner.open_first_lesson()
    stub.queue(failure(401, "invalid_api_key"))

    learner.say("What is a vector?")

    said = learner.page.locator("[data-tutor] [data-task-card]")
    expect(said).to_contain_text("did not accept this site's key")
    expect(said).to_contain_text("Your message is kept.")
    learner.page.reload()
    learner.press("Try again")
    learner.reply_after(0)
    expect(learner.own_messages).to_have_count(1)


def test_stop_cuts_the_answer_and_the_learner_goes_on(learner: Learner, stub: Stub) -> None:
    learner.get_course()
    learner.open_first_lesson()
    stub.queue(Reply(hang=True))

    learner.say("What is a vector?")
    learner.press("Stop")
    expect(learner.page.get_by_text("Stopped.")).to_be_visible()
    hung = next(
        seen for seen in reversed(stub.seen) if not seen.ended.is_set() or seen.cut.is_set()
    )
    assert hung.cut.wait(5)

    learner.say("What is a vector, once more?")
    learner.reply_after(0)
    expect(learner.own_messages).to_have_count(2)


def wait_until_asked(learner: Learner, stub: Stub) -> None:
    """Wait until the model is thinking, so that what was queued for this call does not meet the next one."""
    for _ in range(300):
        if stub.seen and not stub.seen[-1].ended.is_set():
            return
        learner.page.wait_for_timeout(50)
    pytest.fail("the model was never asked")


def test_cancel_on_the_wait_page(learner: Learner, stub: Stub) -> None:
    stub.queue(text("", hang=True))

    learner.ask_for_course("Something slow")
    wait_until_asked(learner, stub)
    learner.press("Cancel")

    expect(learner.page.locator("[data-task-card]")).to_contain_text("Stopped. Your topic is kept.")
    learner.press("Try again")
    expect(learner.page.locator(".lesson-rows").first).to_be_visible(timeout=SLOW)


def test_failed_work_is_on_the_dashboard_with_a_way_on(learner: Learner, stub: Stub) -> None:
    stub.queue(failure(401, "invalid_api_key"))
    learner.ask_for_course("Something forbidden")
    card = learner.page.locator("[data-task-card]")
    expect(card).to_contain_text("did not accept this site's key", timeout=SLOW)

    learner.page.goto("/")

    row = learner.page.locator("[data-task-card]").first
    expect(row).to_contain_text("did not accept this site's key")
    row.get_by_role("button", name="Try again").click()
    expect(learner.page.locator(".lesson-rows").first).to_be_visible(timeout=SLOW)
