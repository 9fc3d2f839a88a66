"""The verdict is worth something only if it finds what it looks for."""

import subprocess
from dataclasses import dataclass

import pytest
from django.db import connection
from django.utils import timezone

from chaos.book import Entry, open_book, read_book
from chaos.conductor import Fate
from chaos.provider import Asked
from chaos.verdict import (
    committed_twice,
    events_amiss,
    fallen,
    false_rescues,
    messages_doubled,
    messages_unanswered,
    paid_again,
    recoveries,
    rows_left,
    stale_writes,
    tasks_lost,
)
from core.models import ConversationHistory
from core.models.conversation import Role
from taskqueue.models import AITask, TaskEvent
from tests.lessons.conftest import lesson  # noqa: F401
from tests.taskqueue.conftest import put, task_types  # noqa: F401

LEASE = 5.0


@dataclass
class Process:
    """A worker process as far as a verdict asks."""

    pid: int
    exitcode: int | None = None


def entries(kind, *values):
    return [Entry(at, kind, subject, value) for at, subject, value in values]


def fate(pid=42, exitcode=None, began=0.0, **given):
    return Fate(Process(pid, exitcode), began, **given)


def test_two_completions():
    story = [(1.0, "a", "processing 1"), (2.0, "a", "completed 1"), (3.0, "a", "completed 1")]

    assert stale_writes(entries("task", *story)) == 1


def test_a_write_with_an_older_fence():
    story = [(1.0, "a", "processing 1"), (2.0, "a", "processing 2"), (3.0, "a", "pending 1")]

    assert stale_writes(entries("task", *story)) == 1
    assert stale_writes(entries("task", *story[:2])) == 0


@pytest.mark.parametrize(("again_at", "expected"), [(4.5, 1), (2.5, 0)])
def test_a_call_is_paid_again_only_if_it_was_on_record_before_its_run_began(again_at, expected):
    begins = entries("task", (1.0, "a", "processing 1"), (4.0, "a", "processing 2"))
    calls = entries("call", (3.0, "a", "ok 11"))
    asked = [Asked(11, "same", 1.5), Asked(12, "same", again_at), Asked(13, "other", 4.6)]

    assert paid_again(begins + calls, asked) == expected


def test_calls_that_failed_are_paid_again_rightly():
    begins = entries("task", (1.0, "a", "processing 1"), (4.0, "a", "processing 2"))
    calls = entries("call", (3.0, "a", "unavailable 11"))

    assert paid_again(begins + calls, [Asked(11, "same", 1.5), Asked(12, "same", 4.5)]) == 0


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ({}, 1),
        ({"killed": 9.0}, 0),
        ({"killed": 11.0}, 1),
        ({"told_to_end": 9.0}, 0),
        ({"slept": [(6.0, 12.0)]}, 0),
        ({"slept": [(1.0, 1.5)]}, 1),
    ],
)
def test_only_the_dead_and_those_who_sleep_for_long_are_rightly_buried(done, expected):
    born, beat = entries("worker", (1.0, "w", "42")), entries("beat", (5.5, "w", "7"))
    gone = entries("worker gone", (10.0, "w", "42"))

    assert false_rescues(born + beat + gone, [fate(**done)], LEASE) == expected


def test_who_is_told_twice_to_end_is_ending_since_the_first_time():
    with subprocess.Popen(["sleep", "60"]) as process:
        ending = fate(process.pid)
        ending.tell_to_end()
        first = ending.told_to_end

        ending.tell_to_end()

    assert ending.told_to_end == first


def test_of_two_processes_with_one_number_the_one_that_lived_then_counts():
    born, gone = entries("worker", (1.0, "w", "42")), entries("worker gone", (10.0, "w", "42"))
    first, second = fate(killed=9.0), fate(began=11.0)

    assert false_rescues(born + gone, [first, second], LEASE) == 0
    assert false_rescues(born + gone, [fate(began=0.5), fate(began=11.0, killed=12.0)], LEASE) == 1


def test_sleepers_are_given_the_time_of_their_lease():
    born, gone = entries("worker", (7.0, "w", "42")), entries("worker gone", (10.0, "w", "42"))

    assert false_rescues(born + gone, [fate(slept=[(7.1, 14.0)])], LEASE) == 1


@pytest.mark.parametrize(
    ("code", "done", "expected"),
    [
        (1, {}, True),
        (0, {}, True),
        (-9, {"killed": 1.0}, False),
        (0, {"told_to_end": 1.0}, False),
        (1, {"told_to_end": 1.0}, True),
        (None, {}, False),
    ],
)
def test_who_fell_by_itself(code, done, expected):
    born = entries("worker", (1.0, "w", "42"))

    assert bool(fallen(born, [fate(exitcode=code, **done)])) is expected


def test_who_was_told_to_end_before_it_was_a_worker_did_not_fall():
    loading = fate(exitcode=-15, told_to_end=1.0)

    assert fallen([], [loading]) == []
    assert fallen(entries("worker", (0.5, "w", "42")), [loading]) == [loading]
    assert fallen([], [fate(exitcode=-15)]) != []


def test_how_long_the_next_holder_took():
    workers = entries("worker", (0.0, "first", "1"), (0.0, "second", "2"))
    row = entries(
        "row", (1.0, "r", None), (2.0, "r", "first"), (3.5, "r", None), (4.0, "r", "second")
    )
    awake = [fate(1, killed=3.0), fate(2)]
    disturbed = [fate(1, killed=3.0), fate(2, slept=[(3.2, 3.4)])]

    assert recoveries(workers + row, awake) == ([1.0], [])
    assert recoveries(workers + row, disturbed) == ([], [1.0])


def test_what_lies_in_the_tables(put, lesson, alice, drain):  # noqa: F811
    task = put()
    assert (tasks_lost(), rows_left(), events_amiss()) == (1, 1, {task.pk})
    drain()
    assert (tasks_lost(), rows_left(), events_amiss()) == (0, 0, set())
    TaskEvent.objects.filter(task=task, sequence=1).delete()
    assert events_amiss() == {task.pk}
    assert events_amiss(since=timezone.now()) == set()

    said = {"user": alice, "lesson": lesson, "role": Role.LEARNER, "content": "What is it?"}
    ConversationHistory.objects.create(**said)
    assert (messages_doubled(), messages_unanswered()) == (0, 1)
    ConversationHistory.objects.create(**said)
    assert (messages_doubled(), messages_unanswered()) == (1, 2)


def test_the_database_keeps_the_book(put, drain):  # noqa: F811
    open_book()
    task = put()
    drain()
    AITask.objects.filter(pk=task.pk).update(status="completed")
    if connection.vendor == "postgresql":  # where entries are written at the commit
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    book = read_book()

    told = [e.value for e in book if e.kind == "task" and e.subject == task.pk.hex]
    assert told == ["processing 1", "completed 1", "completed 1"]
    assert committed_twice(book) == 1
    worker = next(e for e in book if e.kind == "worker").subject
    assert [e.value for e in book if e.kind == "row"] == [None, worker, None]
