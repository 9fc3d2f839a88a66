"""Putting claimed work back into the queue."""

import logging
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from background_task.models import Task
from background_task.settings import app_settings
from background_task.signals import task_failed
from django.db.models import F, QuerySet
from django.utils import timezone

from taskqueue.engine.claiming import LAST_CHANCE
from taskqueue.engine.tickets import Ticket, ticket_of
from taskqueue.models import AITask, TaskEvent, TaskStatus
from taskqueue.models.ai_task import final_entry, retry_data
from taskqueue.models.task_event import Entry, EventName
from taskqueue.notices import notify

logger = logging.getLogger(__name__)

INTERRUPTED = "The worker stopped in the middle of this."
TOO_OFTEN = "The worker stopped in the middle of this, every time it was tried."


def release(rows: "QuerySet[Task]", *, counted: bool, when: datetime | None = None) -> int:
    """Unlock claimed `rows`, due at `when` or at once, and let their AITasks wait again; return how many there were.

    Call it inside a transaction. A `counted` interruption is an attempt like any other, so that work that kills its
    worker fails in the end instead of circling forever; one that is not counted leaves no trace.
    """
    claimed = list(rows.select_for_update().order_by("pk"))
    tickets = {row: ticket_of(row) for row in claimed}
    tasks = _interrupted(filter(None, tickets.values()))
    poison = _bury_tasks(tasks) if counted else set()
    left = {task.task_id: task.max_attempts - task.attempt for task in tasks.values()}
    _let_wait([task for task in tasks.values() if task.task_id not in poison], counted, when)
    for row, ticket in tickets.items():
        if ticket and ticket.task_id in poison:
            row.delete()
        elif ticket is None and counted and not _survives(row):
            _bury_row(row)
        else:
            attempts_left = left.get(ticket.task_id) if ticket else _attempts_left(row)
            _unlock(row, when, last_chance=counted and attempts_left == 1)
    return len(claimed)


def _interrupted(tickets: Iterable[Ticket]) -> dict[uuid.UUID, AITask]:
    """Return the tasks that these rows were running, as opposed to those that ended or have newer rows."""
    numbers = {ticket.task_id: ticket.number for ticket in tickets}
    tasks = AITask.objects.select_for_update().running().filter(task_id__in=list(numbers))
    return {
        task.task_id: task
        for task in tasks.order_by("task_id")
        if numbers[task.task_id] in (None, task.ticket)
    }


def _bury_tasks(tasks: dict[uuid.UUID, AITask]) -> set[uuid.UUID]:
    """Fail the tasks that have no attempt left and return their keys."""
    poison = {task.task_id for task in tasks.values() if not task.has_attempts_left}
    AITask.objects.filter(task_id__in=poison).update(
        events=F("events") + 1,
        status=TaskStatus.FAILED,
        error=TOO_OFTEN,
        error_code="interrupted",
        error_detail="No worker survived any of the attempts.",
        finished_at=timezone.now(),
        updated_at=timezone.now(),
    )
    TaskEvent.objects.append(
        [
            final_entry(task.task_id, task.events + 1, TaskStatus.FAILED)
            for task in tasks.values()
            if task.task_id in poison
        ]
    )
    notify(task for task in tasks.values() if task.task_id in poison)
    for task_id in poison:
        logger.error("AITask %s failed: its worker stopped in every one of its attempts", task_id)
    return poison


def _let_wait(tasks: Sequence[AITask], counted: bool, when: datetime | None) -> None:
    """Put the tasks, whose rows are locked, back to waiting and tell of it."""
    waiting = AITask.objects.filter(task_id__in=[task.task_id for task in tasks])
    fields: dict[str, Any] = {
        "status": TaskStatus.PENDING,
        "progress": None,
        "next_attempt_at": when,
        "updated_at": timezone.now(),
        "events": F("events") + 1,
    }
    reason = (INTERRUPTED, "interrupted") if counted else ("", "")
    if counted:
        waiting.update(error=reason[0], error_code=reason[1], **fields)
    else:
        waiting.update(attempt=F("attempt") - 1, **fields)
    TaskEvent.objects.append(
        [
            Entry(
                task.task_id,
                task.events + 1,
                EventName.RETRY,
                retry_data(task.attempt - (not counted), when, *reason),
            )
            for task in tasks
        ]
    )


def _survives(row: Task) -> bool:
    row.attempts += 1
    return _attempts_left(row) > 0


def _attempts_left(row: Task) -> int:
    return int(app_settings.MAX_ATTEMPTS) - int(row.attempts)


def _bury_row(row: Task) -> None:
    """End a row of any other function the way the library ends one that has failed too often."""
    row.failed_at, row.last_error = timezone.now(), TOO_OFTEN
    task_id, completed = row.pk, row.create_completed_task()
    row.delete()
    task_failed.send(sender=Task, task_id=task_id, completed_task=completed)
    logger.error("%s failed: its worker stopped in %s attempts", row, app_settings.MAX_ATTEMPTS)


def _unlock(row: Task, when: datetime | None, *, last_chance: bool) -> None:
    """Free the row. Its time is written even where it stays, for that is what wakes other workers."""
    row.locked_by = row.locked_at = None
    row.run_at = when or row.run_at
    row.last_error = LAST_CHANCE if last_chance else row.last_error
    row.save(update_fields=["locked_by", "locked_at", "run_at", "attempts", "last_error"])
