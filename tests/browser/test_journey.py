"""The main job in a real browser: from signing up to a completed lesson."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.hands import Keyboard, Pointer
from tests.browser.learner import SLOW, Learner
from tests.browser.site import Site, running
from tests.browser.watch import Watch
from tests.stubs.openai_server import Stub
from tests.stubs.product_answers import answer

RIGHT, WRONG = True, False
IS_TRAY = "([x, y]) => document.elementFromPoint(x, y).closest('.tray__sheet') !== null"


@pytest.fixture(scope="module")
def model_site(static_files: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation with a model behind it: a local server that speaks OpenAI's protocol."""
    folder = tmp_path_factory.mktemp("model")
    with Stub(answer=answer) as stub, running(folder, **stub.environment) as site:
        yield site


class Key:
    """Looks the answers up where only the server has them."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def right(self, card: Locator) -> str:
        kind, choices, key = self._row(card)
        if kind == "multiple_choice":
            return choices[key]
        if kind == "ordering":
            return ", ".join(str(index + 1) for index in key)
        return key[0] if kind == "fill_in" else " ".join(key)

    def wrong(self, card: Locator) -> str:
        kind, choices, key = self._row(card)
        if kind == "multiple_choice":
            return choices[key - 1]
        if kind == "ordering":
            return ", ".join(str(index + 1) for index in reversed(key))
        return "rhubarb"

    def _row(self, card: Locator):
        number = (card.get_attribute("id") or "").removeprefix("exercise-").replace("-", "")
        sql = 'SELECT kind, choices, "key" FROM core_exercise WHERE exercise_id = ?'
        ((kind, choices, key),) = self._site.rows(sql, number)
        return kind, json.loads(choices), json.loads(key)


def walk(learner: Learner, key: Key) -> None:
    """Go the whole way, from signing up to the dashboard of somebody who completed a lesson."""
    learner.sign_up()
    learner.get_course()
    learner.open_first_lesson()
    learner.show_tutor()
    learner.say("What is a vector?")
    expect(learner.own_messages).to_have_count(1)
    expect(learner.reply_after(0)).to_contain_text("vector")

    learner.press("Give me an exercise")
    learner.reply_after(1)
    expect(learner.answer(key.wrong)).to_contain_text("Not yet.")
    expect(learner.answer(key.right)).to_contain_text("That is right.")

    learner.press("Start the assessment")
    total = re.search(r"Question 1 of (\d+)", learner.reply_after(4).inner_text())
    assert total
    verdicts = [learner.answer(key.right) for _ in range(int(total[1]))]
    expect(verdicts[-1]).to_contain_text("You have passed")
    expect(learner.page.locator("#lesson-progress")).to_contain_text("Completed", timeout=SLOW)

    learner.page.goto("/")
    expect(learner.page.locator(".course-row progress").first).to_have_attribute("value", "1")


def test_with_the_demo_model(page: Page, site: Site) -> None:
    walk(Learner(page, Pointer(page)), Key(site))


def test_with_the_keyboard_alone(page: Page, site: Site) -> None:
    walk(Learner(page, Keyboard(page)), Key(site))


def test_on_a_phone(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 360, "height": 740})

    walk(Learner(page, Pointer(page)), Key(site))

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


class TestWithAModel:
    @pytest.fixture
    def site(self, model_site: Site) -> Site:
        return model_site

    def test_with_a_model_behind_openais_protocol(self, page: Page, site: Site) -> None:
        walk(Learner(page, Pointer(page)), Key(site))
        expect(page.get_by_text("built-in demo model")).to_have_count(0)


def test_a_lesson_that_arrives_is_told_and_has_the_focus(page: Page) -> None:
    learner = Learner(page, Keyboard(page))
    learner.sign_up()
    learner.get_course("Chess")
    learner.hand.press(page.locator(".lesson-rows a").first)
    expect(page.get_by_text("You can talk to the tutor as soon as")).to_be_visible()
    expect(page.locator("#composer-text")).to_be_hidden()

    learner.press("Write this lesson")

    expect(page.locator("[data-content] [role=status]")).to_have_text("The lesson is written.")
    expect(learner.text).to_be_visible()
    expect(page.locator("[data-content]")).to_be_focused()
    expect(page.locator("[data-content] [data-task-card]")).to_be_hidden()
    expect(page.locator("#composer-text")).to_be_visible()


def test_on_a_phone_the_tutor_opens_at_the_last_message(page: Page) -> None:
    learner = Learner(page, Pointer(page))
    learner.sign_up()
    learner.get_course()
    learner.open_first_lesson()
    for count in range(4):
        learner.say("What is a vector?")
        learner.reply_after(count)

    page.set_viewport_size({"width": 360, "height": 640})
    page.reload()
    learner.show_tutor()

    expect(learner.replies.last).to_be_in_viewport()


def test_on_a_phone_no_tab_covers_an_open_menu(page: Page) -> None:
    learner = Learner(page, Pointer(page))
    learner.sign_up()
    learner.get_course()
    learner.open_first_lesson()
    page.set_viewport_size({"width": 360, "height": 640})
    page.locator("[data-tray] summary").click()

    sheet = page.locator("[data-tray] .tray__sheet").bounding_box()
    assert sheet
    x, bottom = sheet["x"] + sheet["width"] / 2, sheet["y"] + sheet["height"]
    for y in range(int(sheet["y"]) + 2, int(bottom) - 2, 10):
        assert page.evaluate(IS_TRAY, [x, y]), f"{y} px from the top"


def test_a_reload_in_the_middle_finds_the_work_again(page: Page) -> None:
    learner = Learner(page, Pointer(page))
    learner.sign_up()
    learner.ask_for_course("Chess")
    page.reload()
    expect(page.locator(".lesson-rows").first).to_be_visible(timeout=SLOW)


def test_two_tabs_show_one_message_and_one_reply(
    page: Page, context: BrowserContext, site: Site
) -> None:
    learner = Learner(page, Pointer(page))
    learner.sign_up()
    learner.get_course()
    learner.open_first_lesson()
    other = Learner(context.new_page(), Pointer(page))
    other.page.goto(page.url)
    other.hand = Pointer(other.page)

    with site.worker_asleep():
        for tab in (learner, other):
            tab.say("What is a vector?")
            expect(tab.own_messages).to_have_attribute("data-state", "sent")

    learner.reply_after(0)
    other.reply_after(0)
    other.page.reload()
    expect(other.own_messages).to_have_count(1)
    expect(other.replies).to_have_count(1)


def test_a_lost_network_is_told_and_what_was_written_is_sent_later(
    page: Page, context: BrowserContext
) -> None:
    learner = Learner(page, Pointer(page))
    learner.sign_up()
    learner.get_course()
    learner.open_first_lesson()

    context.set_offline(True)
    learner.say("What is a vector?")
    expect(page.get_by_text("Not sent.")).to_be_visible()
    context.set_offline(False)
    page.locator("[data-again]").click()

    learner.reply_after(0)
    expect(learner.own_messages).to_have_count(1)


def test_a_session_that_ended_says_so_and_keeps_the_message(
    page: Page, context: BrowserContext
) -> None:
    learner = Learner(page, Pointer(page))
    learner.sign_up()
    learner.get_course()
    learner.open_first_lesson()

    context.clear_cookies(name="sessionid")
    learner.say("What is a vector?")

    expect(page.get_by_text("You are signed out.")).to_be_visible()
    expect(page.get_by_role("link", name="Sign in again").last).to_be_visible()
    expect(learner.own_messages).to_contain_text("What is a vector?")


def test_without_scripts(browser, site: Site) -> None:
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    watch = Watch(context, site.url)
    page = context.new_page()
    learner = Learner(page, Pointer(page))
    learner.sign_up()
    learner.ask_for_course("Sailing")
    expect(page.locator(".lesson-rows").first).to_be_visible(timeout=SLOW)
    learner.hand.press(page.locator(".lesson-rows a").first)
    learner.press("Write this lesson")
    expect(learner.text).to_be_visible(timeout=SLOW)
    page.locator("#composer-text").fill("What is a guiding question?")
    with site.worker_asleep():
        page.get_by_role("button", name="Send").click()
        expect(learner.own_messages).to_have_count(1)
    expect(learner.replies).to_have_count(1, timeout=SLOW)
    assert watch.complaints() == []
    context.close()
