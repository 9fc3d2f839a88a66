"""Slots for each kind of work, and who may borrow them."""

from collections import Counter
from datetime import timedelta
from typing import NamedTuple

import pytest
from background_task.models import Task
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from taskqueue.models import AITask, Worker
from taskqueue.pools import Pool, Sharing, pools_for, read_pools
from tests.taskqueue.engine.conftest import until


class Claimed(NamedTuple):
    id: int
    pool: str


def work(**counts):
    named = [pool for pool, count in counts.items() for _ in range(count)]
    return [Claimed(number, pool) for number, pool in enumerate(named)]


def sharing(**slots):
    pools = [Pool(name, count) for name, count in slots.items()]
    return Sharing(pools, sum(slots.values()))


@pytest.mark.parametrize(
    ("running", "expected"),
    [
        ({}, {"interactive": 8, "bulk": 5}),
        ({"bulk": 5}, {"interactive": 3}),
        ({"bulk": 3, "interactive": 1}, {"interactive": 4, "bulk": 2}),
        ({"interactive": 8}, {}),
        ({"interactive": 7}, {"interactive": 1, "bulk": 1}),
    ],
)
def test_interactive_borrows_all_and_lends_half(running, expected):
    assert sharing(interactive=6, bulk=2).limits(work(**running)) == expected


def test_a_pools_own_slots_come_before_borrowing():
    both = sharing(interactive=6, bulk=2)

    chosen = both.choose(work(interactive=8, bulk=5), [])

    assert Counter(row.pool for row in chosen) == {"interactive": 6, "bulk": 2}


@pytest.mark.parametrize("concurrency", [1, 2, 7, 16, 50])
def test_by_default_that_many_of_any_kind_run_and_some_slots_are_kept(concurrency):
    pools = pools_for(concurrency)
    shared = Sharing(pools, sum(pool.slots for pool in pools))

    full = shared.limits(work(bulk=concurrency))

    assert shared.limits([])["bulk"] == concurrency
    assert full == {"interactive": max(1, concurrency // 8)}


numbers = st.integers(0, 12)


@given(own=st.tuples(numbers, numbers), started=st.lists(st.tuples(numbers, numbers), max_size=8))
def test_whatever_came_before_interactive_finds_a_slot_and_nobody_idles_for_nothing(own, started):
    interactive, bulk = own
    total = interactive + bulk
    shared = sharing(interactive=interactive, bulk=bulk)
    running = []
    for chats, courses in started:
        limits = shared.limits(running)
        wanted = {"interactive": chats, "bulk": courses}
        rows = work(**{pool: min(limits.get(pool, 0), n) for pool, n in wanted.items()})
        chosen = shared.choose(rows, running)
        assert bool(chosen) == bool(rows)
        running += chosen
        used = Counter(run.pool for run in running)
        assert used.total() <= total
        if used["interactive"] < (interactive + 1) // 2:
            assert shared.limits(running)["interactive"] > 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"pool": ["fast=3"]}, "there is no pool 'fast'; the pools are bulk, interactive."),
        ({"pool": ["bulk"]}, "write NAME=N with N of at least 1"),
        ({"pool": ["bulk=0"]}, "write NAME=N with N of at least 1"),
        ({"pool": ["bulk=-2"]}, "write NAME=N with N of at least 1"),
        ({"pool": ["bulk=2", "bulk=3"]}, "--pool bulk is given twice"),
        ({"pool": ["bulk=2"], "concurrency": 3}, "neither --concurrency nor --queue"),
        ({"pool": ["bulk=2"], "queue": "bulk"}, "neither --concurrency nor --queue"),
        ({"concurrency": 0}, "--concurrency must be at least 1"),
    ],
)
def test_wrong_options_are_one_clear_error(options, says):
    with pytest.raises(CommandError) as refused:
        call_command("process_tasks", **options)

    assert says in str(refused.value)


def test_a_pool_may_be_named_on_the_command_line():
    assert read_pools(["bulk=2", "interactive=6"]) == [Pool("interactive", 6), Pool("bulk", 2)]


def test_a_learner_in_conversation_is_answered_while_courses_fill_every_slot(workers, put):
    courses = [put("stuck") for _ in range(6)]
    workers.start("--skip-checks", "--pool", "interactive=2", "--pool", "bulk=2")
    until(lambda: AITask.objects.running().count() == 3)

    answer = put("tutor_note")

    until(answer.is_("completed"))
    assert AITask.objects.running().count() == 3
    courses[0].go()
    for course in courses:
        until(course.is_("completed"))


def test_idle_slots_are_lent_and_come_back(workers, put):
    chats = [put("tutor_stuck") for _ in range(5)]
    workers.start("--skip-checks", "--pool", "interactive=2", "--pool", "bulk=2")
    until(lambda: AITask.objects.running().count() == 4)
    course = put("note")

    chats[0].go()

    until(course.is_("completed"))
    for chat in chats:
        until(chat.is_("completed"))


def test_work_without_a_pool_here_is_left_to_others(workers, put):
    course, answer = put("note"), put("tutor_note")

    call_command("process_tasks", drain=True, pool=["interactive=2"])

    assert (answer.now().status, course.now().status) == ("completed", "pending")
    call_command("process_tasks", drain=True, pool=["bulk=1"])
    assert course.now().status == "completed"


def test_a_worker_says_what_its_pools_are(workers, put):
    workers.start("--skip-checks", "--pool", "interactive=2", "--pool", "bulk=1")

    until(lambda: Worker.objects.filter(concurrency=3).exists())

    assert Worker.objects.get().pools == {"interactive": 2, "bulk": 1}


def test_courses_get_on_under_a_constant_stream_of_conversation(database_url, put):
    """In one slot, where nothing is kept for anybody: ageing alone has to bring the course forward."""
    course = put("note")
    age(course.task, minutes=21)
    stream = [put("tutor_note") for _ in range(3)]

    call_command("process_tasks", drain=True)

    assert all(course.now().started_at < answer.now().started_at for answer in stream)


def age(task, minutes):
    row = Task.objects.get(task_params__contains=str(task.pk))
    Task.objects.filter(pk=row.pk).update(run_at=row.run_at - timedelta(minutes=minutes))
