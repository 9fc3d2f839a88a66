"""Pages and scripts say the same of a task, in the reader's own time."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from taskqueue.wording import line
from tests.browser.hands import Pointer
from tests.browser.learner import SLOW, Learner
from tests.browser.site import Site

DESCRIBE = """async (bodies) => {
  const { describe } = await import("/static/js/task_words.js");
  return bodies.map((body) => describe(body, { working: "Writing", kept: "All is kept." }).trim());
}"""
NEPAL = "Asia/Kathmandu"
LATER = (timezone.now() + timedelta(hours=2)).isoformat()  # when no test runs any more
SOON = (timezone.now() + timedelta(seconds=2)).isoformat()
RANGES = [None, [0, 1], [0, 4], [3, 3], [20, 35], [59, 89], [20, 90], [119, 121], [3600, 7300]]


def bodies() -> list[dict[str, Any]]:
    """Return a status of every kind."""
    still = {"next_attempt_at": None, "progress": None, "queue_position": None, "eta_seconds": None}
    step = {"step": "Planning module 2 of 5", "done": 1, "total": 5}
    waiting = [
        {**still, "status": "pending", "queue_position": ahead, "eta_seconds": seconds}
        for ahead in (0, 1, 2, None)
        for seconds in RANGES
    ]
    running = [
        {**still, "status": "processing", "progress": progress, "eta_seconds": seconds}
        for progress in (None, step)
        for seconds in RANGES
    ]
    trying = [
        {**still, "status": "pending", "queue_position": 3, "next_attempt_at": when, **reason}
        for when in (SOON, LATER)
        for reason in ({}, {"error": ""}, {"error": "The model provider is busy."})
    ]
    ends = [
        {**still, "status": status, "error": "It cannot be done."}
        for status in ("completed", "failed", "cancelled")
    ]
    return [*waiting, *running, *trying, *ends]


def as_read(body: dict[str, Any]) -> str:
    text, at, kept = line(body, "Writing", "All is kept.")
    clock = f" at {at.astimezone(ZoneInfo(NEPAL)):%H:%M}." if at else ""
    return f"{text}{clock} {kept}".strip()


@pytest.fixture
def abroad(browser: Browser, site: Site):  # type: ignore[no-untyped-def]
    context = browser.new_context(base_url=site.url, timezone_id=NEPAL, locale="en-GB")
    yield context
    context.close()


def test_a_script_says_what_the_page_says(abroad) -> None:  # type: ignore[no-untyped-def]
    page = abroad.new_page()
    page.goto("/healthz")

    assert page.evaluate(DESCRIBE, bodies()) == [as_read(body) for body in bodies()]


def test_the_wait_is_told_alike_on_every_page_with_and_without_scripts(
    abroad, browser: Browser, site: Site
) -> None:  # type: ignore[no-untyped-def]
    page = abroad.new_page()
    learner = Learner(page, Pointer(page))
    learner.sign_up()
    with site.worker_asleep():
        for topic in ("Rowing", "Sailing", "Diving"):
            learner.ask_for_course(topic)
            page.wait_for_url("**/wait/**")
        with page.expect_response("**/status/"):
            pass
        card = page.locator("[data-task-card] [data-part=line]")
        expect(card).to_contain_text("2 ahead of you")
        said = card.inner_text()
        state = abroad.storage_state()
        bare = browser.new_context(
            base_url=site.url, storage_state=state, java_script_enabled=False
        )
        plain = bare.new_page()
        plain.goto(page.url)
        expect(plain.locator("[data-task-card] [data-part=line]")).to_have_text(said)
        row = plain.locator("[data-tray] [data-task]").first.locator(".tray__line")
        expect(row).to_have_text(said)
        plain.goto("/")
        expect(plain.locator("[data-task-card] [data-part=line]").first).to_have_text(said)
        bare.close()
    expect(page.locator(".lesson-rows").first).to_be_visible(timeout=2 * SLOW)


def test_the_next_try_is_told_in_the_readers_own_time(abroad, site: Site) -> None:  # type: ignore[no-untyped-def]
    page = abroad.new_page()
    learner = Learner(page, Pointer(page))
    learner.sign_up()
    with site.worker_asleep():
        learner.ask_for_course("Rowing")
        page.wait_for_url("**/wait/**")
        site.execute(
            "UPDATE taskqueue_aitask SET next_attempt_at = ?, error = ?, error_code = ?"
            " WHERE status = 'pending'",
            LATER,
            "The model provider is busy.",
            "rate_limited",
        )
        page.goto("/")

        clock = f"{datetime.fromisoformat(LATER).astimezone(ZoneInfo(NEPAL)):%H:%M}"
        said = f"The model provider is busy. We try again at {clock}."
        expect(page.locator("[data-task-card] [data-part=line]")).to_contain_text(said)
        expect(page.locator("[data-tray] .tray__line").first).to_contain_text(said)
        page.locator("[data-task-card]").get_by_role("button", name="Cancel").click()
