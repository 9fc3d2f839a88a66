"""The tray of a learner's work, on every page: kept up to date, steered from there, and telling of each end once."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.hands import Keyboard, Pointer, is_focused
from tests.browser.learner import SLOW, Learner
from tests.browser.site import Site

LOOKS = "**/api/tasks/tray/"
FAIL = """
UPDATE taskqueue_aitask SET status = 'failed', error = 'The model declined.', error_code = 'refused', finished_at = ?
WHERE status = 'pending'
"""
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
WATCH_NOTIFICATIONS = """
const Real = Notification;
window.notified = [];
window.Notification = class extends Real {
  constructor(title, options) {
    super(title, options);
    window.notified.push(title);
  }
};
"""


@pytest.fixture
def learner(page: Page) -> Learner:
    learner = Learner(page, Pointer(page))
    learner.sign_up()
    return learner


@pytest.fixture
def asleep(learner: Learner, site: Site):  # type: ignore[no-untyped-def]
    """A learner on a page of no importance, whose course waits; the page is not to be loaded again."""
    with site.worker_asleep():
        learner.ask_for_course("Sailing")
        learner.page.wait_for_url("**/wait/**")
        learner.page.goto("/accounts/account/")
        learner.page.evaluate("window.isTheSamePage = true")
        yield learner
        assert learner.page.evaluate("window.isTheSamePage")


def rows(page: Page):  # type: ignore[no-untyped-def]
    return page.locator("[data-tray] [data-task]:not([hidden])")


def fail_all(site: Site) -> None:
    site.execute(FAIL, datetime.now(UTC).replace(tzinfo=None).isoformat(" "))


def test_cancelling_needs_no_other_page_and_no_pointer(asleep: Learner) -> None:
    page, hand = asleep.page, Keyboard(asleep.page)
    summary = page.locator("[data-tray] summary")
    hand.press(summary)

    hand.press(page.get_by_role("button", name="Cancel: Your course on Sailing"))

    expect(rows(page)).to_have_count(0)
    assert is_focused(summary)
    expect(page.get_by_text("Nothing is being made.")).to_be_visible()
    expect(page.locator("[data-tray] [data-count]")).to_have_text("")


def test_failed_work_is_tried_again_or_dismissed_in_place(asleep: Learner, site: Site) -> None:
    page, hand = asleep.page, Keyboard(asleep.page)
    hand.press(page.locator("[data-tray] summary"))
    fail_all(site)
    again = page.get_by_role("button", name="Try again: Your course on Sailing")
    expect(rows(page)).to_contain_text("Failed. The model declined.", timeout=SLOW)

    hand.press(again)

    expect(rows(page)).to_contain_text(re.compile("Next in line|ahead of you"))
    assert is_focused(page.get_by_role("button", name="Cancel: Your course on Sailing"))
    fail_all(site)
    dismiss = page.get_by_role("button", name="Dismiss: Your course on Sailing")
    expect(dismiss).to_be_visible(timeout=SLOW)
    hand.press(dismiss)
    expect(rows(page)).to_have_count(0)
    expect(page.locator("[data-flash] .notice")).to_have_count(0)


def test_what_the_server_refuses_is_said_in_the_tray(asleep: Learner, site: Site) -> None:
    page = asleep.page
    page.locator("[data-tray] summary").click()
    fail_all(site)

    page.get_by_role("button", name="Cancel: Your course on Sailing").click()

    expect(page.locator("[data-tray] [data-trouble]")).not_to_be_empty()
    expect(rows(page)).to_contain_text("Failed.")


def test_it_fits_a_phone(asleep: Learner) -> None:
    page = asleep.page
    page.set_viewport_size({"width": 360, "height": 740})
    page.locator("[data-tray] summary").click()

    sheet = page.locator("[data-tray] .tray__sheet").bounding_box()
    button = page.get_by_role("button", name="Cancel: Your course on Sailing").bounding_box()

    assert sheet and button
    assert sheet["x"] >= 0 and sheet["x"] + sheet["width"] <= 360
    assert button["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def notices(pages: list[Page]) -> int:
    return sum(page.locator("[data-flash] .notice").count() for page in pages)


def wait_until_told(pages: list[Page]) -> None:
    for _ in range(300):
        if notices(pages):
            return
        pages[0].wait_for_timeout(50)
    pytest.fail("no page told of the end")


def test_of_several_pages_one_tells_of_an_end(
    learner: Learner, context: BrowserContext, site: Site
) -> None:
    pages = [learner.page, context.new_page(), context.new_page()]
    with site.worker_asleep():
        learner.ask_for_course("Sailing")
        learner.page.wait_for_url("**/wait/**")
        for page in pages:
            page.goto("/accounts/account/")

    for page in pages:
        ready = page.locator("[data-tray] [data-state=completed]")
        expect(ready).to_have_count(1, timeout=2 * SLOW)
    wait_until_told(pages)
    assert sum("is ready" in page.title() for page in pages) == 1
    for page in pages:
        with page.expect_response(LOOKS):
            page.evaluate(HIDE, False)
    assert notices(pages) == 1
    pages[0].reload()
    with pages[0].expect_response(LOOKS):
        pass
    assert notices(pages) <= 1


def test_the_browser_tells_once_when_nobody_looks(
    learner: Learner, context: BrowserContext, site: Site
) -> None:
    context.grant_permissions(["notifications"])
    context.add_init_script(WATCH_NOTIFICATIONS)
    waiting, other = context.new_page(), context.new_page()
    with site.worker_asleep():
        learner.page.close()
        at_wait = Learner(waiting, Pointer(waiting))
        at_wait.ask_for_course("Sailing")
        waiting.wait_for_url("**/wait/**")
        other.goto("/accounts/account/")
        for page in (waiting, other):
            page.evaluate(HIDE, True)

    for page in (waiting, other):
        ready = page.locator("[data-tray] [data-state=completed]")
        expect(ready).to_have_count(1, timeout=2 * SLOW)
    wait_until_told([waiting, other])
    told = [each for page in (waiting, other) for each in page.evaluate("window.notified")]
    assert told == ["Your course on Sailing is ready."]


def test_a_tab_that_is_looked_at_tells_and_the_others_are_quiet(
    learner: Learner, context: BrowserContext, site: Site
) -> None:
    context.grant_permissions(["notifications"])
    context.add_init_script(WATCH_NOTIFICATIONS)
    hidden, seen = learner.page, context.new_page()
    with site.worker_asleep():
        learner.ask_for_course("Sailing")
        hidden.wait_for_url("**/wait/**")
        hidden.goto("/accounts/account/")
        seen.goto("/accounts/account/")
        hidden.evaluate(HIDE, True)

    expect(seen.locator("[data-flash] .notice")).to_have_count(1, timeout=2 * SLOW)
    expect(hidden.locator("[data-tray] [data-state=completed]")).to_have_count(1, timeout=2 * SLOW)
    assert hidden.evaluate("window.notified") == seen.evaluate("window.notified") == []
    expect(hidden.locator("[data-flash] .notice")).to_have_count(0)
    seen.locator("[data-flash] a").click()
    expect(seen.locator(".lesson-rows").first).to_be_visible(timeout=SLOW)


def test_the_tray_tells_what_got_ready_elsewhere(learner: Learner, site: Site) -> None:
    page = learner.page
    with site.worker_asleep():
        learner.ask_for_course("Sailing")
        page.goto("/accounts/account/")
        tray = page.locator("[data-tray]")
        tray.locator("summary").click()
        expect(tray).to_contain_text("Your course on Sailing")
        expect(tray).to_contain_text("Next in line")
        tray.locator("summary").click()

    expect(page.locator("[data-flash]")).to_contain_text(
        "Your course on Sailing is ready.", timeout=2 * SLOW
    )
    expect(page).to_have_title(re.compile("Your course on Sailing is ready"))
    page.locator("[data-tray] summary").click()
    expect(page.locator("[data-flash] .notice")).to_have_count(0)
    expect(page).not_to_have_title(re.compile("Your course on Sailing is ready"))
    rows(page).locator("a").click()
    expect(page.locator(".lesson-rows").first).to_be_visible(timeout=SLOW)
    expect(page.locator("[data-tray] [data-task]:not([hidden])")).to_have_count(0)


def test_the_tray_works_without_scripts(browser: Browser, site: Site, learner: Learner) -> None:
    state = learner.page.context.storage_state()
    context = browser.new_context(base_url=site.url, storage_state=state, java_script_enabled=False)
    page = context.new_page()
    with site.worker_asleep():
        Learner(page, Pointer(page)).ask_for_course("Rowing")
        page.goto("/accounts/account/")
        page.locator("[data-tray] summary").click()
        page.get_by_role("button", name="Cancel: Your course on Rowing").click()

    expect(page).to_have_url(re.compile("/accounts/account/$"))
    expect(page.locator("[data-tray] [data-task]:not([hidden])")).to_have_count(0)
    context.close()
