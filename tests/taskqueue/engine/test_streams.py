"""Events of tasks at their readers: a real web process, real workers, a model that takes its time."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from taskqueue.models import AITask, TaskEvent
from taskqueue.telling import Teller
from tests.stubs.openai_server import Stub, text
from tests.taskqueue.engine.conftest import Watched, Workers, until
from tests.taskqueue.engine.web import Stream, Web, cookie_of, text_of

THREADS = 3
EPOLLS = 2  # the server's own and its hub's
MEGABYTES = 12  # more than the sockets between a server and a reader take in
WORDS = "A vector is a movement with a size and a direction, and nothing else. " * 4


@pytest.fixture
def web(database_url: str) -> Iterator[Web]:
    web = Web(database_url)
    yield web
    web.end()


@pytest.fixture
def model() -> Iterator[Stub]:
    with Stub() as stub:
        yield stub


@pytest.fixture
def open_stream(web: Web, charlie: User) -> Iterator[Callable[..., Stream]]:
    """Open streams as a member of staff, who may see the tasks of nobody."""
    opened: list[Stream] = []

    def open_stream(watched: Watched, after: int | None = None) -> Stream:
        opened.append(Stream(web, watched.task.pk, cookie_of(charlie), after))
        return opened[-1]

    yield open_stream
    for stream in opened:
        stream.close()


def test_a_reader_sees_the_whole_life(put, workers: Workers, model: Stub, open_stream) -> None:
    model.queue(text(WORDS, pace=0.02))
    spoken = put("speak", say="What is a vector?")
    stream = open_stream(spoken)
    assert stream.status == 200
    assert stream.response.headers["Content-Type"] == "text/event-stream"
    workers.start(**model.environment)

    events = list(stream)

    assert [events[0].name, events[-1].name] == ["started", "completed"]
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    pieces = sum(event.name == "token" for event in events)
    assert 3 < pieces < len(WORDS) / 4, "the model's own pieces have four letters"
    assert text_of(events) == spoken.now().result["text"]


def test_a_reader_who_comes_back_misses_nothing_and_sees_nothing_twice(
    put, workers: Workers, model: Stub, open_stream, web: Web
) -> None:
    model.queue(text(WORDS, pace=0.03))
    spoken = put("speak", say="What is a vector?")
    workers.start(**model.environment)
    seen = []
    while not seen or seen[-1].name != "completed":
        stream = open_stream(spoken, after=seen[-1].number if seen else None)
        for event in stream:
            seen.append(event)
            if len(seen) in (3, 8):
                break
        stream.close()
        if len(seen) == 8:
            web.restart()

    assert all(later.number == earlier.number + 1 for earlier, later in pairwise(seen))
    assert text_of(seen) == spoken.now().result["text"]


def test_a_takeover_tells_one_text(put, workers: Workers, model: Stub, open_stream) -> None:
    model.queue(text("Half an answer that nobody will finish. " * 9, pace=0.03), text(WORDS))
    spoken = put("speak", say="What is a vector?")
    first = workers.start(**model.environment)
    stream = iter(open_stream(spoken))
    seen = [next(stream)]
    while seen[-1].name != "token":
        seen.append(next(stream))
    first.kill()
    first.wait()
    workers.start(**model.environment)

    seen += stream

    assert [event.name for event in seen].count("started") == 2
    assert "retry" in [event.name for event in seen]
    assert text_of(seen) == spoken.now().result["text"] == WORDS


def test_only_who_may_see_the_task_may_listen(put, web: Web, alice: User, bob: User) -> None:
    waiting = put("note")
    AITask.objects.filter(pk=waiting.task.pk).update(user=alice)

    statuses = []
    for cookie in ("", cookie_of(bob), cookie_of(alice)):
        stream = Stream(web, waiting.task.pk, cookie)
        statuses.append(stream.status)
        stream.close()
    assert statuses == [401, 404, 200]


def sign_out(user: User) -> None:
    Session.objects.filter(session_key=user.session_key).delete()


def change_password(user: User) -> None:
    user.set_password("another-horse-battery")
    user.save()


def lose_rights(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_staff=False)


def be_suspended(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def test_streams_end_with_the_visit_they_belong_to(put, web: Web) -> None:
    waiting = put("note")
    streams = {}
    for happens in (sign_out, change_password, lose_rights, be_suspended, User.delete, None):
        name = happens.__name__ if happens else "stays"
        user = User.objects.create_user(name, is_staff=True)
        cookie = cookie_of(user)
        user.session_key = cookie.partition("=")[2]
        streams[happens] = (user, Stream(web, waiting.task.pk, cookie))
    assert {stream.status for _, stream in streams.values()} == {200}

    for happens, (user, _) in streams.items():
        if happens:
            happens(user)

    for happens, (_, stream) in streams.items():
        if happens:
            assert list(stream) == [], happens
    waiting.now().cancel()
    stays = streams[None][1]
    assert [event.name for event in stays] == ["cancelled"]
    for _, stream in streams.values():
        stream.close()


def test_a_session_that_runs_out_ends_its_stream_in_good_order(
    put, web: Web, charlie: User
) -> None:
    waiting, cookie = put("note"), cookie_of(charlie)
    stream = Stream(web, waiting.task.pk, cookie)
    soon = timezone.now() + timedelta(seconds=1)
    Session.objects.filter(session_key=cookie.partition("=")[2]).update(expire_date=soon)

    said = stream.response.read()  # raises IncompleteRead when it is cut short

    assert timezone.now() > soon
    assert b"event:" not in said
    back = Stream(web, waiting.task.pk, cookie)
    assert back.status == 401
    for each in (stream, back):
        each.close()


def test_a_slow_reader_is_let_go_and_holds_nobody_up(put, web: Web, charlie: User) -> None:
    watched, cookie = put("note"), cookie_of(charlie)
    slow = Stream(web, watched.task.pk, cookie, buffer=4096)
    quick = Stream(web, watched.task.pk, cookie)
    watched.now().begin()
    events, seen = iter(quick), []
    teller, run = Teller(), (watched.task.pk, watched.now().fence)
    for _ in range(MEGABYTES):
        teller.gather(run, "All work and no play. " * 50_000)
        teller.write()
        while len(seen) < watched.now().events:
            seen.append(next(events))
    watched.now().cancel()

    whole = [*seen, *events]
    taken = list(slow)

    assert whole[-1].name == "cancelled"
    assert taken == whole[: len(taken)]
    assert 1 < len(taken) < len(whole)
    back = Stream(web, watched.task.pk, cookie, after=taken[-1].number)
    assert [*taken, *back] == whole
    for stream in (slow, quick, back):
        stream.close()


@pytest.mark.postgresql
def test_streams_outlast_a_database_that_was_away(put, open_stream) -> None:
    waiting = put("note")
    stream = open_stream(waiting)
    until(lambda: of_others("count(*)") == 2)  # the page's and the hub's

    of_others("count(pg_terminate_backend(pid))")
    waiting.now().cancel()

    assert [event.name for event in stream] == ["cancelled"]


def of_others(what: str) -> int:
    """Ask PostgreSQL about the connections that others have to this test's database."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {what} FROM pg_stat_activity"  # noqa: S608
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def test_a_server_that_stops_waits_for_no_reader(put, web: Web, open_stream) -> None:
    stream = open_stream(put("note"))

    web.process.terminate()

    assert list(stream) == []
    assert web.process.wait(10) in (0, -15)


def test_who_has_seen_the_end_is_told_to_stay_away(put, workers: Workers, open_stream) -> None:
    noted = put("note")
    workers.start()
    events = list(open_stream(noted))

    assert open_stream(noted, after=events[-1].number).status == 204
    assert [event.name for event in open_stream(noted)] == ["completed"]


def test_readers_who_come_and_go_leave_nothing_behind(put, web: Web, open_stream) -> None:
    waiting = put("note")
    kept = open_stream(waiting)
    for _ in range(5):
        open_stream(waiting).close()
    process = Path(f"/proc/{web.process.pid}")
    threads, descriptors, _ = holds(process)

    for _ in range(100):
        open_stream(waiting).close()

    until(lambda: holds(process)[1] <= descriptors and holds(process)[2] <= EPOLLS)
    assert (
        holds(process)[0] <= threads + THREADS
    )  # those of the pages start when they are first needed
    assert kept.status == 200


def holds(process: Path) -> tuple[int, int, int]:
    """Return a process' threads, its descriptors but epoll's, and those: a hub has one of them while it sleeps."""
    found = []
    for descriptor in os.listdir(process / "fd"):
        with suppress(FileNotFoundError):  # closed meanwhile
            found.append((process / "fd" / descriptor).readlink().name)
    epolls = sum("eventpoll" in name for name in found)
    return len(os.listdir(process / "task")), len(found) - epolls, epolls


def test_no_run_that_lost_its_task_tells_anything(put, workers: Workers, model: Stub) -> None:
    model.queue(text(WORDS, pace=0.03))
    spoken = put("speak", say="What is a vector?")
    workers.start(**model.environment)
    until(lambda: TaskEvent.objects.filter(task=spoken.task, name="token").count() > 1)

    spoken.now().cancel()
    last = TaskEvent.objects.filter(task=spoken.task).latest("sequence")

    assert model.seen[0].cut.wait(5)
    assert TaskEvent.objects.filter(task=spoken.task).latest("sequence") == last
    assert last.name == "cancelled"
