"""axe finds nothing on any page, in both themes; nothing is wider than a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.hands import Pointer
from tests.browser.learner import PASSWORD, Learner
from tests.browser.site import Site

WIDTHS = (360, 768, 1280, 1920)
LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenberechnungsverordnung für Anfänger"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def learner_state(demo_site: Site, browser) -> dict:
    """Somebody with a course, a written lesson, a conversation, an open exercise and a long topic."""
    context = browser.new_context(base_url=demo_site.url)
    context.set_default_timeout(15_000)
    page = context.new_page()
    learner = Learner(page, Pointer(page))
    learner.sign_up()
    learner.get_course(LONG)
    course = page.url
    learner.open_first_lesson()
    learner.say("What is a guiding question?")
    learner.reply_after(0)
    learner.press("Give me an exercise")
    learner.reply_after(1)
    state = {"cookies": context.cookies(), "course": course, "lesson": page.url}
    context.close()
    return state


VISITOR = [
    "/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password_reset/",
    "/connect/",
    "/nothing/here/",
]
OWN = [
    "/",
    "/syllabus/",
    "/syllabus/generate/",
    "/accounts/account/",
    "/accounts/password_change/",
    "course",
    "lesson",
]


def problems(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


def wider_than_the_window(page: Page) -> list[int]:
    wide = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(width)
    return wide


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_visitors_pages(page: Page, theme: str) -> None:
    page.emulate_media(color_scheme=theme)
    found = {}
    for url in VISITOR:
        page.goto(url)
        found[url] = problems(page), wider_than_the_window(page)

    assert {url: wrong for url, wrong in found.items() if any(wrong)} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_learners_pages(page: Page, learner_state: dict, theme: str) -> None:
    page.context.add_cookies(learner_state["cookies"])
    page.emulate_media(color_scheme=theme)
    found = {}
    for name in OWN:
        page.goto(learner_state.get(name, name))
        found[name] = problems(page), wider_than_the_window(page)

    assert {name: wrong for name, wrong in found.items() if any(wrong)} == {}


def test_a_failed_sign_in_says_so(page: Page) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=username]", "nobody")
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button").first.click()

    assert problems(page) == []
