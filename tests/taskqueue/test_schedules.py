"""Recurring work fires once a tick, and once for all the ticks that were missed."""

import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from background_task.models import CompletedTask, Task
from django.db import connection
from django.utils import timezone

from taskqueue.retention import Rule
from taskqueue.schedules import ensure_schedules, next_tick


@pytest.mark.parametrize(("hour", "day"), [(1, 5), (2, 6), (3, 6)])
def test_the_next_tick_is_ahead(hour, day):
    now = datetime(2026, 3, 5, hour, tzinfo=UTC)

    assert next_tick(time(2, 0), now) == datetime(2026, 3, day, 2, tzinfo=UTC)


def test_the_row_is_written_once(db):
    ensure_schedules()
    ensure_schedules()

    row = Task.objects.get()
    assert (row.task_name, row.repeat) == ("taskqueue.tasks.run_prune", Task.DAILY)
    assert (row.run_at.hour, row.run_at.minute) == (2, 0)
    assert row.run_at > timezone.now()


@pytest.mark.django_db(transaction=True)
def test_many_workers_starting_together_write_one_row():
    start = threading.Barrier(4)

    def boot():
        start.wait()
        ensure_schedules()
        connection.close()

    workers = [threading.Thread(target=boot) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert Task.objects.count() == 1


def test_missed_ticks_are_made_up_for_once(db, drain):
    ensure_schedules()
    missed = timezone.now().replace(hour=2, minute=0, second=0) - timedelta(days=4)
    Task.objects.update(run_at=missed)

    drain()

    assert CompletedTask.objects.filter(task_name="taskqueue.tasks.run_prune").count() == 1
    following = Task.objects.get()
    assert following.run_at > timezone.now()
    assert following.run_at - timezone.now() <= timedelta(days=1)


def test_a_tick_whose_work_fails_is_tried_again(db, drain, monkeypatch):
    def broken(now):
        raise OSError("disk full")

    monkeypatch.setattr("taskqueue.retention.RULES", [Rule("broken", broken, lambda rows: 0)])
    ensure_schedules()
    Task.objects.update(run_at=timezone.now())

    drain()

    again = Task.objects.get()
    assert (again.attempts, again.locked_by) == (1, None)
    assert again.run_at < timezone.now() + timedelta(minutes=1)


def test_a_row_that_waits_is_put_back_on_its_clock(db):
    ensure_schedules()
    right = Task.objects.get().run_at
    Task.objects.update(run_at=right + timedelta(days=1, hours=1, seconds=6))

    ensure_schedules()

    assert Task.objects.get().run_at == right + timedelta(days=1)


def test_another_attempt_keeps_its_time(db):
    ensure_schedules()
    soon = timezone.now() + timedelta(seconds=6)
    Task.objects.update(run_at=soon)

    ensure_schedules()

    assert Task.objects.get().run_at == soon
