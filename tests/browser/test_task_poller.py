"""TaskPoller against a scripted status endpoint, on a clock that the test turns."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route

STATUS_URL = "/api/tasks/scripted/status/"
FOLLOW = f"""async () => {{
  const {{ TaskPoller }} = await import("/static/js/task_polling.js");
  window.heard = [];
  window.poller = new TaskPoller("{STATUS_URL}");
  for (const name of ["progress", "completed", "failed", "cancelled", "trouble"]) {{
    window.poller.addEventListener(`task:${{name}}`, (event) => window.heard.push([name, event.detail]));
  }}
  window.poller.start();
}}"""
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
RUNNING = {"status": "processing"}

Answer = Callable[[Route], None]


def say(body: dict[str, Any], status: int = 200, **headers: str) -> Answer:
    return lambda route: route.fulfill(status=status, headers=headers, body=json.dumps(body))


class Server:
    """Answers each request with the next of the scripted answers, and the last one for ever."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.answers: list[Answer] = []
        self.requests: list[dict[str, str]] = []
        page.route(f"**{STATUS_URL}", self._answer)

    def script(self, *answers: Answer) -> None:
        self.answers = list(answers)

    def heard(self, count: int) -> list[tuple[str, Any]]:
        """Return what the poller has told, once that is `count` things."""
        self.page.wait_for_function("(count) => window.heard.length >= count", arg=count)
        return [tuple(each) for each in self.page.evaluate("window.heard")]

    def _answer(self, route: Route) -> None:
        self.requests.append(route.request.headers)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        answer(route)


@pytest.fixture
def server(page: Page) -> Server:
    page.goto("/healthz")
    page.clock.install()
    return Server(page)


def follow(page: Page) -> None:
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    page.evaluate(FOLLOW)


def test_looks_after_one_second_and_backs_off_to_five(page: Page, server: Server) -> None:
    server.script(say(RUNNING))
    follow(page)
    for number, wait in enumerate([1000, 1500, 2250, 3375, 5000, 5000], start=1):
        page.clock.run_for(wait - 1)
        assert len(server.requests) == number - 1
        page.clock.run_for(1)
        assert server.heard(number)[-1] == ("progress", RUNNING)


def test_waits_as_long_as_the_server_asks(page: Page, server: Server) -> None:
    server.script(say(RUNNING, **{"Retry-After": "20"}))
    follow(page)
    page.clock.run_for(1000)
    server.heard(1)
    page.clock.run_for(19_999)
    assert len(server.requests) == 1
    page.clock.run_for(1)
    server.heard(2)


def test_tells_nothing_when_nothing_changed(page: Page, server: Server) -> None:
    done = {"status": "completed", "html": ""}
    server.script(say(RUNNING, ETag='"one"'), say({}, 304), say(done))
    follow(page)
    page.clock.run_for(1000)
    server.heard(1)
    with page.expect_response(f"**{STATUS_URL}"):
        page.clock.run_for(1500)
    page.evaluate("() => new Promise((done) => queueMicrotask(done))")
    page.clock.run_for(5000)
    assert server.heard(2) == [("progress", RUNNING), ("completed", done)]
    assert [each.get("if-none-match") for each in server.requests] == [None, '"one"', '"one"']


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_an_ended_task_is_told_once_and_left_alone(page: Page, server: Server, status: str) -> None:
    server.script(say({"status": status}))
    follow(page)
    page.clock.run_for(1000)
    assert server.heard(1) == [(status, {"status": status})]
    page.clock.run_for(60_000)
    assert len(server.requests) == 1


def test_rests_in_a_hidden_tab_and_looks_at_once_on_return(page: Page, server: Server) -> None:
    server.script(say(RUNNING))
    follow(page)
    page.evaluate(HIDE, True)
    page.clock.run_for(60_000)
    assert server.requests == []
    page.evaluate(HIDE, False)
    assert len(server.heard(1)) == 1


def test_says_that_the_network_is_gone_and_that_it_is_back(page: Page, server: Server) -> None:
    server.script(say(RUNNING, ETag='"one"'), lambda route: route.abort("failed"), say({}, 304))
    follow(page)
    page.clock.run_for(1000)
    server.heard(1)
    page.clock.run_for(1500)
    assert server.heard(2)[1][1]["kind"] == "offline"
    page.evaluate("window.dispatchEvent(new Event('online'))")
    assert server.heard(3)[2] == ("progress", RUNNING)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_goes_on_when_the_server_is_busy(page: Page, server: Server, status: int) -> None:
    server.script(say({}, status, **{"Retry-After": "7"}), say(RUNNING))
    follow(page)
    page.clock.run_for(1000)
    assert server.heard(1)[0][1]["kind"] == "busy"
    page.clock.run_for(6999)
    assert len(server.requests) == 1
    page.clock.run_for(1)
    assert server.heard(2)[1] == ("progress", RUNNING)


@pytest.mark.parametrize(("status", "kind"), [(401, "signed_out"), (404, "gone"), (403, "gone")])
def test_stops_when_looking_again_cannot_help(
    page: Page, server: Server, status: int, kind: str
) -> None:
    server.script(say({"code": "x", "message": "No."}, status))
    follow(page)
    page.clock.run_for(1000)
    assert server.heard(1)[0][1]["kind"] == kind
    page.clock.run_for(60_000)
    page.evaluate(HIDE, False)
    assert len(server.requests) == 1


def test_an_answer_that_is_cut_short_is_trouble_and_no_end(page: Page, server: Server) -> None:
    server.script(
        lambda route: route.fulfill(status=200, body='{"status": "comp'),
        say({"status": "completed"}),
    )
    follow(page)
    page.clock.run_for(1000)
    assert server.heard(1)[0][1]["kind"] == "offline"
    page.clock.run_for(5000)
    assert server.heard(2)[1][0] == "completed"


def test_hears_nothing_after_it_was_stopped(page: Page, server: Server) -> None:
    server.script(say(RUNNING))
    follow(page)
    page.evaluate("window.poller.stop()")
    page.clock.run_for(60_000)
    assert server.requests == []
