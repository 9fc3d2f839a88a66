"""How soon a learner reads what a model writes: from the provider's first token to the frame that shows it.

`python -m benchmarks.first_content [ROUNDS]`: a real web server and worker on SQLite, a real Chromium, and a provider
that sends a token of four letters every 30 ms. What a round has begun is stopped as soon as its first words are there.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

import tests.environment  # noqa: F401  (what an installation of the tests runs in)
from tests.browser.hands import Pointer
from tests.browser.learner import Learner
from tests.browser.site import ROOT, running
from tests.stubs import product_answers
from tests.stubs.openai_server import Handler, Reply, Stub

ROUNDS = 9
PACE = 0.03
BOUND = 300
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
TOPIC = "What was asked for"
# Runs before a page's own scripts: `firstWords` is the time of the frame that first shows what a model wrote.
WATCH = f"""
window.watchWords = () => {{
  window.firstWords = new Promise((tell) => {{
    const watch = new MutationObserver(() => {{
      const texts = [...document.querySelectorAll(".wait h1, [data-draft]")].map((each) => each.textContent.trim());
      if (!texts.some((text) => text && !text.startsWith("{TOPIC}"))) return;
      watch.disconnect();
      requestAnimationFrame(() => tell(Date.now()));
    }});
    watch.observe(document, {{ childList: true, subtree: true, characterData: true }});
  }});
}};
watchWords();
"""


class TimedHandler(Handler):
    stub: "TimedStub"

    def stream_events(self, reply: Reply, body: dict[str, Any]) -> Iterator[bytes]:
        spoken = False
        for event in super().stream_events(reply, body):
            if not spoken and b'"content": ""' not in event:
                spoken, self.stub.spoke_at = True, 1000 * time.time()
            yield event


class TimedStub(Stub):
    """A provider that notes when it sent the first token of its last answer, in milliseconds since 1970."""

    handler = TimedHandler
    spoke_at = 0.0


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    show(measure(rounds))


def measure(rounds: int) -> dict[str, list[float]]:
    """Return for each kind of text the milliseconds of every round."""
    collect_static_files()
    with (
        TimedStub(answer=product_answers.answer) as stub,
        tempfile.TemporaryDirectory(prefix="techtree-bench-") as folder,
        running(Path(folder), **stub.environment) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(base_url=site.url)
        page.add_init_script(WATCH)
        learner = Learner(page, Pointer(page))
        learner.sign_up()
        figures = {
            "syllabus": [syllabus(learner, stub, number) for number in range(rounds)],
            "lesson": list(lessons(learner, stub, rounds)),
            "tutor's answer": list(answers(learner, stub, rounds)),
        }
        browser.close()
    return figures


def collect_static_files() -> None:
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "DEBUG": "false"}, check=True)


def syllabus(learner: Learner, stub: TimedStub, number: int) -> float:
    def ask() -> None:
        learner.ask_for_course(f"{TOPIC} {number}")
        learner.page.wait_for_url("**/wait/**", wait_until="commit")

    took = first_words(learner.page, stub, ask)
    stop(learner)
    return took


def lessons(learner: Learner, stub: TimedStub, rounds: int) -> Iterator[float]:
    learner.get_course("A course of lessons")
    learner.page.locator(".lesson-rows a").first.click()
    learner.page.wait_for_url("**/lessons/**")

    def ask() -> None:
        learner.page.wait_for_load_state()
        learner.page.evaluate("watchWords()")
        learner.page.get_by_role("button", name=re.compile("Write this lesson|Try again")).click()

    for _ in range(rounds):
        yield first_words(learner.page, stub, ask)
        stop(learner)
        learner.page.reload()


def answers(learner: Learner, stub: TimedStub, rounds: int) -> Iterator[float]:
    learner.press("Try again")
    expect(learner.text).to_be_visible(timeout=15_000)

    def ask() -> None:
        learner.page.evaluate("watchWords()")
        learner.say("What is a vector?")

    for number in range(rounds):
        yield first_words(learner.page, stub, ask)
        learner.press("Stop")
        learner.reply_after(number)


def first_words(page: Page, stub: TimedStub, ask: Callable[[], None]) -> float:
    """Return how many milliseconds after the provider's first token the first words stood on the page."""
    stub.answer = lambda body: replace(product_answers.answer(body), pace=PACE)
    ask()
    shown_at: float = page.evaluate("firstWords")
    stub.answer = product_answers.answer
    return shown_at - stub.spoke_at


def stop(learner: Learner) -> None:
    learner.press("Cancel")
    expect(learner.page.get_by_role("button", name="Try again")).to_be_visible()


def show(figures: dict[str, list[float]]) -> None:
    print(f"| {'first words of':<15} | {'median':>8} | {'worst':>8} | {'bound':>8} |")
    print(f"|{'-' * 17}|{'-' * 9}:|{'-' * 9}:|{'-' * 9}:|")
    for name, times in figures.items():
        middle, worst = statistics.median(times), max(times)
        print(f"| {name:<15} | {middle:>5.0f} ms | {worst:>5.0f} ms | {BOUND:>5} ms |")


if __name__ == "__main__":
    main()
