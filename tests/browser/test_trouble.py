"""When the provider fails: what happened, what is kept, when it is tried again, one button."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import Pointer
from tests.browser.learner import SLOW, Learner
from tests.browser.site import Site, running
from tests.stubs.openai_server import Body, Reply, Stub, failure, text
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
    wait_until_asked(learner, stub)
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


@pytest.fixture
def long_answer(learner: Learner, stub: Stub) -> None:
    """A conversation that is longer than its place on the page."""
    learner.get_course()
    learner.open_first_lesson()
    learner.page.set_viewport_size({"width": 1280, "height": 500})
    stub.answer = saying("It points somewhere. " * 100)
    learner.say("What is a vector?")
    learner.reply_after(0)


def saying(words: str, pace: float = 0.0) -> Callable[[Body], Reply]:
    """Let the tutor say this, a piece every `pace` seconds."""
    return lambda body: text(words, pace=pace) if "response_format" not in body else answer(body)


def test_in_a_long_conversation_what_is_under_way_is_in_sight(
    learner: Learner, stub: Stub, long_answer: None
) -> None:
    stub.queue(Reply(hang=True))

    learner.say("And a matrix?")
    cancel = learner.page.locator("[data-tutor]").get_by_role("button", name="Cancel")
    expect(cancel).to_be_in_viewport(ratio=1)
    learner.press("Stop")
    again = learner.page.get_by_role("button", name="Try again")
    expect(again).to_be_in_viewport(ratio=1)
    learner.page.reload()
    expect(again).to_be_in_viewport(ratio=1)


def test_growing_text_does_not_move_who_reads_above(
    learner: Learner, stub: Stub, long_answer: None
) -> None:
    stub.answer = saying("It is a table. " * 60, pace=0.05)
    learner.say("And a matrix?")
    expect(learner.page.locator("[data-tutor] [data-draft]")).to_be_visible(timeout=SLOW)

    scroller = learner.page.locator("[data-scroller]")
    scroller.evaluate("(each) => each.scrollTo(0, 40)")
    learner.reply_after(1)

    assert scroller.evaluate("(each) => each.scrollTop") == 40


def test_a_page_that_cannot_be_read_again_at_once_is_read_later(learner: Learner) -> None:
    learner.get_course()
    learner.hand.press(learner.page.locator(".lesson-rows a").first)
    learner.page.route(learner.page.url, lambda route: route.abort(), times=2)

    learner.press("Write this lesson")

    expect(learner.text).to_be_visible(timeout=SLOW)
