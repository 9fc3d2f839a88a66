"""Recurring work, kept as repeating rows of the queue itself.

A repeating row is claimed like any other, so a tick fires once under any number of workers. Ticks missed while no
worker ran are made up for by one run, and the next tick is the next one in the future; the library computes it when
the run ends (`Task.create_repetition`). It adds the period to the time of that run, which may have been another attempt
or in another season's time, so a row that waits is put back on its schedule's clock.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from background_task.models import Task
from background_task.tasks import TaskProxy
from django.db import connection, transaction
from django.utils import timezone

from taskqueue.registry import Priority
from taskqueue.tasks import run_prune

ADVISORY_LOCK = 0x7EC47EE
SOON = timedelta(hours=1)  # in which another attempt comes


@dataclass(frozen=True)
class Schedule:
    """A `@background` function that takes no arguments, and when it runs; what it raises is tried again."""

    task: TaskProxy
    at: time
    every: timedelta


SCHEDULES = [Schedule(task=run_prune, at=time(2, 0), every=timedelta(days=1))]


def ensure_schedules() -> None:
    """See that every schedule has its row, and at the right time; safe to call from many workers at once."""
    with transaction.atomic():
        _one_at_a_time()
        for schedule in SCHEDULES:
            rows = list(Task.objects.filter(task_name=schedule.task.name))
            if not rows:
                _write(schedule)
            for row in rows:
                _put_right(row, schedule)


def next_tick(at: time, now: datetime) -> datetime:
    """Return the first moment after `now` that the clock of TIME_ZONE shows `at`."""
    today = timezone.localtime(now).replace(
        hour=at.hour, minute=at.minute, second=at.second, microsecond=0
    )
    return today if today > now else today + timedelta(days=1)


def _write(schedule: Schedule) -> None:
    schedule.task(
        schedule={
            "run_at": next_tick(schedule.at, timezone.now()),
            "priority": int(Priority.HOUSEKEEPING),
        },
        repeat=int(schedule.every.total_seconds()),
        queue="bulk",
    )


def _put_right(row: Task, schedule: Schedule) -> None:
    """Move a row that waits to the nearest moment at which the clock shows what it should."""
    if row.locked_by or row.run_at < timezone.now() + SOON:
        return
    nearest = next_tick(schedule.at, row.run_at - timedelta(hours=12))
    if nearest != row.run_at:
        Task.objects.filter(pk=row.pk, locked_by__isnull=True).update(run_at=nearest)


def _one_at_a_time() -> None:
    """Wait for other workers in here. SQLite needs nothing: its transactions are IMMEDIATE, so one at a time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
