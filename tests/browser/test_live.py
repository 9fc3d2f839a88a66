"""Waiting that can be watched: text as it is written, the tray, other devices."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.hands import Pointer
from tests.browser.learner import SLOW, Learner
from tests.browser.site import Site, running
from tests.stubs import product_answers
from tests.stubs.openai_server import Reply, Stub, failure

PACE = 0.15
GATHER_ANNOUNCEMENTS = """() => {
  window.said = [];
  for (const region of document.querySelectorAll("[role=status], [role=alert], [aria-live]")) {
    const hear = () => window.said.push(region.textContent.trim());
    new MutationObserver(hear).observe(region, { childList: true, characterData: true, subtree: true });
  }
}"""


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    with Stub(answer=product_answers.answer) as server:
        yield server


@pytest.fixture(scope="module")
def live_site(
    stub: Stub, static_files: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("live"), **stub.environment) as site:
        yield site


@pytest.fixture
def site(live_site: Site) -> Site:
    return live_site


@pytest.fixture
def slowly(stub: Stub) -> Iterator[None]:
    """Let the model take its time from now on, and talk at length: other devices are opened meanwhile."""

    def answer(body: Any) -> Reply:
        reply = product_answers.answer(body)
        said = 3 * f"{reply.text} " if reply.text == product_answers.CHAT else reply.text
        return dataclasses.replace(reply, text=said, pace=PACE)

    stub.answer = answer
    yield
    stub.answer = product_answers.answer


@pytest.fixture
def learner(page: Page, stub: Stub) -> Learner:
    learner = Learner(page, Pointer(page))
    learner.sign_up()
    return learner


def at_lesson(learner: Learner) -> None:
    learner.get_course()
    learner.open_first_lesson()


@pytest.fixture
def writing(learner: Learner, request: pytest.FixtureRequest) -> Learner:
    """A learner whose answer is being written."""
    at_lesson(learner)
    learner.page.evaluate(GATHER_ANNOUNCEMENTS)
    request.getfixturevalue("slowly")
    learner.say("What is a vector?")
    expect(draft(learner.page)).to_contain_text("A vector is", timeout=SLOW)
    return learner


def draft(page: Page):
    return page.locator("[data-tutor] [data-draft]")


def test_an_answer_is_read_while_it_is_written(writing: Learner) -> None:
    assert writing.replies.count() == 0

    reply = writing.reply_after(0)

    expect(reply).to_contain_text(product_answers.CHAT)
    expect(draft(writing.page)).to_be_hidden()
    assert writing.page.evaluate("window.said") == ["Writing the answer", "Answer ready"]
    assert writing.page.locator("[role=status] [data-draft], [aria-live] [data-draft]").count() == 0


def test_nothing_else_is_suggested_while_an_answer_is_written(writing: Learner) -> None:
    exercise = writing.page.get_by_role("button", name="Give me an exercise")
    expect(exercise).to_be_hidden()

    expect(writing.reply_after(0)).to_be_visible(timeout=SLOW)
    expect(exercise).to_be_visible()


def test_an_answer_that_was_read_here_is_soon_counted_no_more(writing: Learner) -> None:
    page = writing.page
    tray, count = page.locator("[data-tray]"), page.locator("[data-tray] [data-count]")
    seeing: list[Route] = []
    page.route("**/api/tasks/*/see/", lambda route: seeing.append(route))
    writing.reply_after(0)
    expect(tray.locator("[data-state=completed]:not([hidden])")).to_have_count(1)
    expect(count).to_have_text("1")

    seeing.pop().continue_()

    expect(count).to_have_text("")


def test_each_turn_is_announced_by_two_sentences_whatever_the_tries(
    learner: Learner, stub: Stub
) -> None:
    at_lesson(learner)
    learner.page.evaluate(GATHER_ANNOUNCEMENTS)
    stub.queue(failure(503), failure(503))

    for number in range(2):
        learner.say("What is a vector?")
        learner.reply_after(number)
        expect(learner.page.locator("[data-tutor] > [data-live]")).to_have_text("Answer ready")

    assert learner.page.evaluate("window.said") == 2 * ["Writing the answer", "Answer ready"]


def test_a_turn_that_failed_is_announced_too(learner: Learner, stub: Stub) -> None:
    at_lesson(learner)
    learner.page.evaluate(GATHER_ANNOUNCEMENTS)
    stub.queue(failure(401, "invalid_api_key"))

    learner.say("What is a vector?")

    expect(learner.page.get_by_role("button", name="Try again")).to_be_visible(timeout=SLOW)
    said = learner.page.evaluate("window.said")
    assert said == ["Writing the answer", "The answer could not be written"]


def test_what_was_written_stays_when_it_is_stopped(writing: Learner, stub: Stub) -> None:
    writing.page.keyboard.press("Escape")

    reply = writing.reply_after(0)
    expect(reply).to_contain_text("A vector is")
    expect(reply).to_contain_text("Stopped here.")
    assert stub.seen[-1].cut.wait(5)
    stub.answer = product_answers.answer
    writing.say("And once more?")
    expect(writing.reply_after(1)).to_contain_text(product_answers.CHAT)


@pytest.fixture
def device(browser: Browser, learner: Learner) -> Iterator[Callable[[], Learner]]:
    """Open the learner's page on another device."""
    contexts = []

    def device() -> Learner:
        page = learner.page
        state, base = page.context.storage_state(), page.url.split("/lessons")[0]
        contexts.append(browser.new_context(storage_state=state, base_url=base))
        other = contexts[-1].new_page()
        other.goto(page.url)
        return Learner(other, Pointer(other))

    yield device
    for context in contexts:
        context.close()


def test_another_device_shows_the_same_turn(writing: Learner, device) -> None:  # type: ignore[no-untyped-def]
    other = device()

    expect(draft(other.page)).to_contain_text("A vector is", timeout=SLOW)
    first = writing.reply_after(0).inner_text()
    assert other.reply_after(0).inner_text() == first
    expect(other.own_messages).to_have_count(1)


def test_a_stop_on_one_device_is_one_on_the_other(writing: Learner, device) -> None:  # type: ignore[no-untyped-def]
    other = device()
    expect(draft(other.page)).to_contain_text("A vector is", timeout=SLOW)

    other.press("Stop")

    for each in (other, writing):
        reply = each.reply_after(0)
        expect(reply).to_contain_text("A vector is")
        expect(reply).to_contain_text("Stopped here.")
        expect(draft(each.page)).to_be_hidden()
        expect(each.page.get_by_role("button", name="Send", exact=True)).to_be_visible()


def test_a_page_that_was_open_shows_a_turn_of_another_while_it_is_written(
    learner: Learner,
    stub: Stub,
    device,  # type: ignore[no-untyped-def]
) -> None:
    at_lesson(learner)
    other = device()
    expect(other.text).to_be_visible()
    stub.queue(
        Reply(text='{"intent": "chat"}'), Reply(text=10 * f"{product_answers.CHAT} ", pace=0.1)
    )

    learner.say("What is a vector, at length?")

    expect(draft(other.page)).to_contain_text("A vector is", timeout=2 * SLOW)
    expect(draft(learner.page)).to_be_visible()
    expect(other.own_messages).to_have_count(1)
    other.press("Stop")
    for each in (other, learner):
        expect(each.reply_after(0)).to_contain_text("Stopped here.")


def test_an_open_page_learns_of_a_turn_begun_elsewhere(learner: Learner, browser: Browser) -> None:
    at_lesson(learner)
    page = learner.page
    other = browser.new_context(
        storage_state=page.context.storage_state(), base_url=page.url.split("/lessons")[0]
    ).new_page()
    other.goto(page.url)

    learner.say("What is a vector?")
    learner.reply_after(0)

    expect(other.locator("article.message")).to_have_count(2, timeout=2 * SLOW)
    other.context.close()


@pytest.mark.parametrize("streams", ["refused", "buffered for ever", "unknown to the browser"])
def test_without_streams_everything_still_comes(learner: Learner, streams: str) -> None:
    if streams == "refused":
        learner.page.route("**/events/", lambda route: route.abort())
    elif streams == "buffered for ever":
        learner.page.route("**/events/", lambda route: None)
    else:
        learner.page.add_init_script("delete window.EventSource")
    at_lesson(learner)

    learner.say("What is a vector?")

    expect(learner.reply_after(0)).to_contain_text(product_answers.CHAT)


def test_a_course_takes_shape_before_it_is_there(learner: Learner, slowly: None) -> None:
    learner.ask_for_course()

    shape = learner.page.locator("[data-shape]")
    expect(learner.page.get_by_role("heading", level=1)).to_have_text(
        product_answers.OUTLINE["title"], timeout=SLOW
    )
    expect(shape).to_contain_text("Vectors", timeout=SLOW)
    expect(shape).to_contain_text("Vectors, lesson 1, 15 min", timeout=SLOW)
    expect(learner.page.locator(".lesson-rows").first).to_be_visible(timeout=2 * SLOW)


def test_nothing_moves_for_who_wants_no_motion(learner: Learner, slowly: None) -> None:
    learner.page.emulate_media(reduced_motion="reduce")
    learner.ask_for_course()

    row = learner.page.locator("[data-shape] > li[data-state=current]")
    expect(row).to_be_visible(timeout=SLOW)
    assert learner.page.evaluate("document.getAnimations().length") == 0
    learner.page.emulate_media(reduced_motion="no-preference")
    expect(learner.page.locator(".wait__lesson").first).to_be_visible(timeout=SLOW)


def test_a_lesson_is_read_while_it_is_written(learner: Learner, stub: Stub) -> None:
    learner.get_course()
    stub.queue(dataclasses.replace(Reply(text=product_answers.LESSON), pace=0.05))
    learner.hand.press(learner.page.locator(".lesson-rows a").first)
    learner.hand.press(learner.page.get_by_role("button", name="Write this lesson"))

    text = learner.page.locator("[data-content] [data-draft]")
    expect(text).to_contain_text("You stand at a fountain", timeout=SLOW)
    expect(text).not_to_contain_text("##")
    expect(learner.text).to_be_visible(timeout=2 * SLOW)
    expect(text).to_be_hidden()


LONG = "\n\n".join(
    f"## Part {number}\n\n{product_answers.LESSON.split('## Key terms')[0].replace('## ', '### ')}"
    for number in range(1, 9)
)
# Which block is at the upper edge of what is seen, and where it stands.
LOOK = """([scroller, blocks]) => {
  const box = document.querySelector(scroller);
  const isPage = box === document.documentElement;
  const edge = isPage ? document.querySelector(".header").offsetHeight : box.getBoundingClientRect().top;
  const all = [...document.querySelectorAll(blocks)];
  const first = all.findIndex((each) => each.getBoundingClientRect().bottom > edge);
  return [all.length, first, Math.round(all[first].getBoundingClientRect().top)];
}"""


@pytest.mark.parametrize("part", [0.1, 0.5, 0.8])
def test_a_lesson_is_replaced_by_its_finished_text_without_a_jump(
    learner: Learner, stub: Stub, part: float
) -> None:
    learner.get_course()
    page = learner.page
    learner.hand.press(page.locator(".lesson-rows a").first)
    page.wait_for_url("**/lessons/**")
    text = LONG + "\n\n## Key terms\n\n- **vector**: a movement"
    stub.queue(Reply(text=text))
    with held(page, "**/status/") as release:
        learner.press("Write this lesson")
        growing = page.locator("[data-content] [data-draft]")
        expect(growing).to_contain_text("Key terms", timeout=SLOW)
        page.evaluate("(part) => scrollTo(0, part * document.body.scrollHeight)", part)
        before = page.evaluate(LOOK, ["html", "[data-content] [data-draft] > *"])
        release()
        expect(learner.text).to_be_visible(timeout=SLOW)

    assert page.evaluate(LOOK, ["html", "#lesson-text .prose > *"]) == before


def test_an_answer_is_replaced_by_its_finished_text_without_a_jump(
    learner: Learner, stub: Stub
) -> None:
    at_lesson(learner)
    page = learner.page
    stub.queue(Reply(text='{"intent": "chat"}'), Reply(text=LONG))
    with held(page, "**/status/") as release:
        learner.say("What is a vector, at length?")
        expect(draft(page)).to_contain_text("Part 8", timeout=SLOW)
        page.locator("[data-scroller]").evaluate("(box) => box.scrollTo(0, box.scrollHeight / 2)")
        before = page.evaluate(LOOK, ["[data-scroller]", "[data-tutor] [data-draft] > *"])
        release()
        learner.reply_after(0)

    after = page.evaluate(LOOK, ["[data-scroller]", "[data-tutor] .message:last-child .prose > *"])
    assert after == before


@contextmanager
def held(page: Page, address: str) -> Iterator[Callable[[], None]]:
    """Keep answers from an address back until they are released."""
    waiting: list[Route] | None = []

    def hold(route: Route) -> None:
        route.continue_() if waiting is None else waiting.append(route)

    def release() -> None:
        nonlocal waiting
        routes, waiting = waiting or [], None
        for route in routes:
            route.continue_()

    page.route(address, hold)
    yield release
