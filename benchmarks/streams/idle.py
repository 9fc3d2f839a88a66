"""What open streams cost a web process, and how soon what is committed is read."""

import http.client
import random
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.db import connection

from benchmarks.streams.crowd import Crowd
from benchmarks.streams.process import held_by, memory_of, raise_limit
from benchmarks.streams.table import Figure, p95
from taskqueue.enqueue import enqueue
from taskqueue.models import AITask
from taskqueue.telling import Teller
from tests.taskqueue.engine.web import Stream, Web, cookie_of

TASKS = 100
ASKS = 600  # of the status endpoint
EVENTS = 200
EVERY = 0.03
WARMING = 60
PIECE = "All work and no play. " * 3_000  # 66 KB
PIECES = 300
SETTLED_WITHIN = 30.0


def measure(readers: int, visits: int) -> Iterator[Figure]:
    raise_limit()
    charlie = User.objects.create_user("charlie", is_staff=True)
    tasks = [_running() for _ in range(TASKS)]
    cookie = cookie_of(charlie)
    with serving() as web, _crowd(web, cookie) as crowd:
        crowd.visit(tasks[0].pk, WARMING)
        _statuses([web], tasks[0], cookie, WARMING)
        empty = memory_of(web.process.pid)
        crowd.open([tasks[n % TASKS].pk for n in range(readers)])
        held = held_by(web.process.pid)
        yield Figure(f"threads of a process with {readers} streams", held.threads, 12)
        yield Figure("its database connections", held.connections, 4)
        grown = memory_of(web.process.pid) - empty
        yield Figure("memory for each stream", grown / readers, 60, "KB")
        yield from _beside_an_idle_process(web, tasks[0], cookie)
        bound = 50 if connection.vendor == "postgresql" else 150
        late = p95(_latencies(crowd, tasks, readers))
        yield Figure("from commit to the reader's byte, p95", late, bound, "ms")
        yield from _with_a_slow_reader(web, crowd, tasks, cookie, bound)
        crowd.leave()
        yield from _coming_and_going(web, crowd, tasks[0].pk, visits)


def _running() -> AITask:
    task, _ = enqueue("thinking", user=None, input_data={"seconds": 0, "fails": False})
    task.begin()
    task.refresh_from_db()
    return task


@contextmanager
def serving() -> Iterator[Web]:
    """Run a web process on the benchmark's database."""
    web = Web(_url())
    try:
        yield web
    finally:
        web.end()


def _url() -> str:
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    return f"postgres://{given['USER']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


@contextmanager
def _crowd(web: Web, cookie: str) -> Iterator[Crowd]:
    crowd = Crowd(web.port, cookie)
    yield crowd
    crowd.leave()


def _beside_an_idle_process(web: Web, task: AITask, cookie: str) -> Iterator[Figure]:
    """Ask the status of two processes in turn, so that both meet the same noise of the machine."""
    with serving() as idle:
        _statuses([idle], task, cookie, WARMING)
        busy_times, idle_times = _statuses([web, idle], task, cookie, ASKS)
    ratio = p95(busy_times) / p95(idle_times)
    yield Figure("status, p95, against a process without streams", ratio, 1.3, "×")


def _statuses(webs: list[Web], task: AITask, cookie: str, times: int) -> list[list[float]]:
    """Return for each process the milliseconds of its answers."""
    lines = [http.client.HTTPConnection("127.0.0.1", web.port, timeout=60) for web in webs]
    took: list[list[float]] = [[] for _ in webs]
    for _ in range(times):
        for line, times_of_it in zip(lines, took, strict=True):
            started = time.monotonic()
            line.request("GET", f"/api/tasks/{task.pk}/status/", headers={"Cookie": cookie})
            response = line.getresponse()
            response.read()
            assert response.status == 200
            times_of_it.append(1000 * (time.monotonic() - started))
    for line in lines:
        line.close()
    return took


def _latencies(crowd: Crowd, tasks: list[AITask], readers: int) -> list[float]:
    """Return the milliseconds from each commit to its byte at each reader of the task."""
    teller, committed = Teller(), {}
    first = max(crowd.heard, default=0) + 1
    for number in range(first, first + EVENTS):
        task = random.choice(tasks)
        teller.gather((task.pk, task.fence), f"mark {number}")
        committed[number] = time.monotonic()  # before the commit, so that its own time counts too
        teller.write()
        time.sleep(EVERY)
    expected = EVENTS * (readers // TASKS)
    until = time.monotonic() + SETTLED_WITHIN
    while _arrived(crowd, committed) < expected and time.monotonic() < until:
        time.sleep(EVERY)
    assert _arrived(crowd, committed) >= expected, "some readers never heard of some events"
    return [1000 * (at - committed[n]) for n in committed for at in crowd.heard[n]]


def _arrived(crowd: Crowd, committed: dict[int, float]) -> int:
    return sum(len(crowd.heard[number]) for number in committed)


def _with_a_slow_reader(
    web: Web, crowd: Crowd, tasks: list[AITask], cookie: str, bound: float
) -> Iterator[Figure]:
    """Tell a task far more than one of its readers ever takes, and see how the others fare."""
    told, teller = _running(), Teller()
    slow = Stream(web, told.pk, cookie, buffer=4096)
    before = most = memory_of(web.process.pid)
    for _ in range(PIECES):
        teller.gather((told.pk, told.fence), PIECE)
        teller.write()
        most = max(most, memory_of(web.process.pid))
    late = p95(_latencies(crowd, tasks, len(crowd.heard[max(crowd.heard)]) * TASKS))
    slow.close()
    sent = PIECES * len(PIECE) // 1_000_000
    yield Figure(f"memory for one who reads nothing of {sent} MB", (most - before) / 1024, 4, "MB")
    yield Figure("from commit to byte beside it, p95", late, bound, "ms")


def _coming_and_going(web: Web, crowd: Crowd, task: uuid.UUID, visits: int) -> Iterator[Figure]:
    """Count what is left of many short visits; one stream stays open, so that the hub stays too."""
    crowd.open([task])
    _settle(web, 0)
    before = held_by(web.process.pid)
    crowd.visit(task, visits)
    _settle(web, before.descriptors)
    after = held_by(web.process.pid)
    for name, was, is_now in zip(before._fields, before, after, strict=True):
        yield Figure(f"{name} after {visits} visits (bound: before)", is_now, was)


def _settle(web: Web, descriptors: int) -> None:
    """Wait until the process has as few descriptors, or holds as many as it did a while ago."""
    last, since = 0, time.monotonic()
    while time.monotonic() - since < 2.0:
        now = held_by(web.process.pid).descriptors
        if descriptors and now <= descriptors:
            return
        if now != last:
            last, since = now, time.monotonic()
        time.sleep(EVERY)
