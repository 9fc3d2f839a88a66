"""Every way an attempt can end."""

import dataclasses
from datetime import timedelta

import pytest
from background_task.models import Task
from django.utils import timezone

from taskqueue.enqueue import dispatch
from taskqueue.errors import LeaseLost, WrongState
from taskqueue.models import AITask, TaskStatus
from taskqueue.registry import REGISTRY
from taskqueue.running import run


def test_a_result_completes_the_task(put, drain):
    task = put(input_data={"n": 7})

    drain()

    task.refresh_from_db()
    assert (task.status, task.result) == (TaskStatus.COMPLETED, {"echo": {"n": 7}})
    assert (task.attempt, task.error_code) == (1, "")
    assert task.created_at <= task.started_at <= task.finished_at
    assert not Task.objects.exists()


def test_a_passing_error_waits_and_is_told(put, drain):
    task = put("flaky", input_data={"good_at": 2})
    before = timezone.now()

    drain()

    task.refresh_from_db()
    assert (task.status, task.error, task.error_code) == (
        TaskStatus.PENDING,
        "The provider is busy.",
        "retryable",
    )
    assert timedelta(seconds=60) <= task.next_attempt_at - before
    assert Task.objects.get().run_at == task.next_attempt_at
    assert "RetryableError" in task.error_detail


def test_the_provider_says_how_long_to_wait(put, drain):
    task = put("flaky", input_data={"good_at": 2, "wait": 7})
    before = timezone.now()

    drain()

    task.refresh_from_db()
    wait = task.next_attempt_at - before
    assert timedelta(seconds=7) <= wait < timedelta(seconds=7 * 1.25 + 10)


def test_work_that_failed_twice_ends_without_a_click(put, drain):
    task = put("flaky", input_data={"good_at": 3, "wait": 0})

    for _ in range(3):
        drain()

    task.refresh_from_db()
    assert (task.status, task.result, task.error) == (TaskStatus.COMPLETED, {"attempt": 3}, "")


def test_attempts_run_out(put, drain):
    task = put("flaky", input_data={"good_at": 99, "wait": 0})

    for _ in range(5):
        drain()

    task.refresh_from_db()
    assert (task.status, task.attempt, task.error) == (
        TaskStatus.FAILED,
        3,
        "The provider is busy.",
    )
    assert not Task.objects.exists()


def test_a_permanent_error_fails_at_once(put, drain):
    task = put("hopeless")

    drain()

    task.refresh_from_db()
    assert (task.status, task.attempt, task.error) == (TaskStatus.FAILED, 1, "This cannot be done.")
    assert not Task.objects.exists()


@pytest.mark.parametrize("kind", ["buggy", "exiting"])
def test_a_bug_is_retried_and_its_detail_is_for_staff(put, drain, kind):
    task = put(kind)

    drain()

    task.refresh_from_db()
    assert (task.status, task.error_code) == (TaskStatus.PENDING, "internal")
    assert task.error == "Something went wrong on our side."
    assert "Traceback" in task.error_detail


def test_a_cancelled_run_saves_nothing(put, drain):
    task = put("cancelled_meanwhile")

    drain()

    task.refresh_from_db()
    assert (task.status, task.result) == (TaskStatus.CANCELLED, None)


def test_a_run_that_was_taken_over_saves_nothing(put):
    task = put()
    old = AITask.objects.get(pk=task.pk)
    assert old.begin()
    new = AITask.objects.get(pk=task.pk)
    assert new.begin()

    with pytest.raises(LeaseLost):
        old.settle(lambda: {"by": "the old run"})
    with pytest.raises(LeaseLost):
        old.report("Still at it")
    with pytest.raises(LeaseLost):
        old.fail(error="late", code="late", detail="")
    new.settle(lambda: {"by": "the new run"})

    task.refresh_from_db()
    assert (task.result, task.attempt) == ({"by": "the new run"}, 2)


def test_two_takers_at_once_cannot_both_win(put):
    first = put()
    second = AITask.objects.get(pk=first.pk)

    assert (first.begin(), second.begin()) == (True, False)


@pytest.mark.parametrize(
    ("kind", "status", "attempt", "rows"),
    [("echo", "completed", 1, 0), ("hopeless", "failed", 1, 0), ("flaky", "pending", 1, 1)],
)
def test_without_an_engine_a_run_writes_its_own_end(put, kind, status, attempt, rows):
    task = put(kind, input_data={"good_at": 2})
    Task.objects.all().delete()

    run(str(task.pk))

    task.refresh_from_db()
    assert (task.status, task.attempt, Task.objects.count()) == (status, attempt, rows)


def test_without_an_engine_too_broken_code_costs_no_attempt(put, monkeypatch):
    spec = dataclasses.replace(REGISTRY["echo"], processor="tests.taskqueue.broken_module.work")
    monkeypatch.setitem(REGISTRY, "echo", spec)
    task = put()
    Task.objects.all().delete()

    run(str(task.pk))

    task.refresh_from_db()
    assert (task.status, task.attempt) == (TaskStatus.PENDING, 0)
    assert Task.objects.get().run_at == task.next_attempt_at > timezone.now()


def test_without_an_engine_a_cancelled_run_saves_nothing(put):
    task = put("cancelled_meanwhile")

    run(str(task.pk))

    task.refresh_from_db()
    assert (task.status, task.result) == (TaskStatus.CANCELLED, None)


def test_only_the_newest_queue_row_runs_the_task(put):
    task = put()
    dispatch(task)

    run(str(task.pk), 1)
    task.refresh_from_db()
    assert task.status == TaskStatus.PENDING

    run(str(task.pk), 2)
    task.refresh_from_db()
    assert task.status == TaskStatus.COMPLETED


def test_a_task_that_kills_its_worker_every_time_is_buried(put):
    task = put()
    for _ in range(3):
        assert task.begin()

    run(str(task.pk))

    task.refresh_from_db()
    assert (task.status, task.error_code) == (TaskStatus.FAILED, "interrupted")


def test_a_task_that_is_gone_or_over_is_left_alone(put, drain):
    task = put()
    drain()
    task.refresh_from_db()
    ended = task.updated_at

    run(str(task.pk))
    run("00000000-0000-0000-0000-000000000000")

    task.refresh_from_db()
    assert task.updated_at == ended


def test_what_is_over_can_be_neither_cancelled_nor_reopened(put, drain):
    task = put()
    drain()

    with pytest.raises(WrongState):
        task.cancel()
    with pytest.raises(WrongState):
        task.reopen()


def test_nothing_is_kept_of_rows_saved_by_a_run_that_lost(put, alice):
    task = put()
    task.begin()
    AITask.objects.get(pk=task.pk).cancel()

    def save():
        alice.first_name = "Saved by a lost run"
        alice.save()
        return {}

    with pytest.raises(LeaseLost):
        task.settle(save)

    alice.refresh_from_db()
    assert alice.first_name == ""
