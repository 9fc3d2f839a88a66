"""Of the requests with one coalesce key only the newest matters."""

import threading
from datetime import timedelta

import pytest
from background_task.models import Task
from django.db import connection
from django.utils import timezone

from taskqueue import coalescing
from taskqueue.enqueue import enqueue
from taskqueue.errors import QueueFull, WrongState
from taskqueue.models import AITask, TaskStatus
from taskqueue.running import run
from taskqueue.steering import cancel, retry
from tests.taskqueue.conftest import row_of


def ask(number, user=None, **options):
    """Ask for something with this number; return the task that stands for it and whether that is new."""
    given = {"input_data": {"number": number}, "coalesce_key": "page:1", **options}
    return enqueue("echo", user=user, **given)


def state(task):
    task.refresh_from_db()
    return task.status


def take(task):
    """Begin a run of the task that holds it until this test ends it."""
    row_of(task).delete()
    assert task.begin()
    return task


def test_the_newest_takes_the_place_of_what_waits(alice, drain):
    first, is_new = ask(1)
    again, is_new_again = ask(2, user=alice)
    drain()

    assert (is_new, is_new_again, first) == (True, False, again)
    assert state(first) == TaskStatus.COMPLETED
    assert (first.result, first.user) == ({"echo": {"number": 2}}, alice)
    assert AITask.objects.count() == 1


def test_ten_requests_during_a_run_cost_one_more(drain):
    running = take(ask(0)[0])

    waiting = [ask(number) for number in range(1, 11)]

    assert [is_new for _, is_new in waiting] == [True] + [False] * 9
    (newest,) = {task for task, _ in waiting}
    drain()
    assert state(newest) == TaskStatus.PENDING, "two would run at a time"
    running.settle(dict)
    Task.objects.update(run_at=timezone.now())
    drain()
    assert state(newest) == TaskStatus.COMPLETED
    assert newest.result == {"echo": {"number": 10}}
    assert AITask.objects.count() == 2


def test_other_keys_and_other_work_are_left_alone(drain):
    tasks = [ask(1)[0], ask(2, coalesce_key="page:2")[0], ask(3, coalesce_key="")[0]]
    take(tasks[0])

    drain()

    assert [state(task) for task in tasks] == ["processing", "completed", "completed"]


def test_of_two_connections_one_begins_the_task_and_the_other_joins_it(transactional_db):
    start = threading.Barrier(4)
    found = []

    def click(number):
        start.wait()
        found.append(ask(number))
        connection.close()

    clicks = [threading.Thread(target=click, args=[number]) for number in range(4)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()

    assert sorted(is_new for _, is_new in found) == [False, False, False, True]
    assert AITask.objects.count() == Task.objects.count() == 1
    assert AITask.objects.get().input_data["number"] in range(4)


def test_a_task_that_was_asked_for_anew_as_it_was_about_to_begin_is_not_its_own_successor(db):
    ask(1)
    claimed = AITask.objects.get()
    ask(2)

    assert coalescing.begin(claimed, claimed.ticket) is coalescing.Turn.BEGUN
    assert (claimed.status, claimed.input_data["number"]) == (TaskStatus.PROCESSING, 2)


def test_an_older_one_that_waits_for_another_attempt_gives_way_when_the_newer_begins(drain):
    older, _ = ask(1)
    older.begin()
    newer, _ = ask(2)
    older.retry_at(timezone.now() + timedelta(hours=1), error="Busy.", code="busy", detail="")

    drain()

    assert (state(older), older.error_code) == (TaskStatus.CANCELLED, "superseded")
    assert older.error == "A newer request took the place of this one."
    assert state(newer) == TaskStatus.COMPLETED


def test_an_older_one_whose_turn_comes_first_gives_way_too(drain):
    older, _ = ask(1)
    older.begin()
    newer, _ = ask(2)
    Task.objects.filter(pk=row_of(newer).pk).update(run_at=timezone.now() + timedelta(hours=1))
    older.retry_at(timezone.now(), error="Busy.", code="busy", detail="")

    drain()

    assert (state(older), older.error_code) == (TaskStatus.CANCELLED, "superseded")
    assert state(newer) == TaskStatus.PENDING
    assert Task.objects.get() == row_of(newer)


def test_a_newer_one_that_was_cancelled_stands_in_nobodys_way(drain):
    older, _ = ask(1)
    older.begin()
    newer, _ = ask(2)
    cancel(newer)
    older.retry_at(timezone.now(), error="Busy.", code="busy", detail="")

    drain()

    assert (state(older), state(newer)) == (TaskStatus.COMPLETED, TaskStatus.CANCELLED)


def test_the_rule_holds_for_runs_without_our_worker(db):
    take(ask(1)[0])
    newer, _ = ask(2)

    row = row_of(newer)

    run(str(newer.pk), newer.ticket)

    later = row_of(newer)
    assert state(newer) == TaskStatus.PENDING
    assert later.pk != row.pk
    assert later.run_at > timezone.now()


def test_waiting_begins_anew_with_each_request_but_has_an_end(db):
    options = {"wait": timedelta(minutes=5), "longest_wait": timedelta(minutes=12)}
    task, _ = ask(1, **options)
    first = row_of(task).run_at
    assert timedelta(minutes=4) < first - timezone.now() <= timedelta(minutes=5)

    AITask.objects.update(created_at=timezone.now() - timedelta(minutes=4))
    ask(2, **options)
    second = row_of(task).run_at
    AITask.objects.update(created_at=timezone.now() - timedelta(minutes=10))
    ask(3, **options)
    third = row_of(task).run_at

    assert first < second
    assert timedelta(minutes=1) < third - timezone.now() <= timedelta(minutes=2)


def test_a_request_that_joins_another_is_never_refused(db, settings):
    settings.TASK_MAX_PENDING = 1
    ask(1)

    ask(2)

    with pytest.raises(QueueFull):
        ask(3, coalesce_key="page:2")


def test_an_older_one_is_not_tried_again_beside_a_newer(db):
    older, _ = ask(1)
    older.begin()
    older.fail(error="No.", code="refused", detail="")
    ask(2)

    with pytest.raises(WrongState):
        retry(older)


def test_who_asks_for_an_older_one_again_makes_it_the_newest(drain):
    older, _ = ask(1)
    older.begin()
    older.fail(error="No.", code="refused", detail="")
    ask(2)
    drain()

    retry(older)
    drain()

    assert state(older) == TaskStatus.COMPLETED


@pytest.mark.parametrize(
    "wrong",
    [
        {"dedupe_key": "a", "coalesce_key": "b"},
        {"wait": timedelta(1), "coalesce_key": ""},
        {"wait": timedelta(1), "coalesce_key": "", "dedupe_key": "a"},
    ],
)
def test_what_makes_no_sense_is_refused(db, wrong):
    with pytest.raises(ValueError, match="coalesce_key"):
        ask(1, **wrong)
