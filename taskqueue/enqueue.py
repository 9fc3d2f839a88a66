"""The one way into the queue."""

import json
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.llm.offer import model_named
from taskqueue import coalescing
from taskqueue.admission import admit
from taskqueue.estimates import expect
from taskqueue.models import AITask
from taskqueue.registry import spec_of
from taskqueue.tasks import process_ai_task

AT_ONCE = timedelta(0)
RACES = 3


def enqueue(
    task_type: str,
    *,
    user: AbstractBaseUser | None,
    input_data: dict[str, Any],
    subject: str = "",
    dedupe_key: str = "",
    coalesce_key: str = "",
    wait: timedelta = AT_ONCE,
    longest_wait: timedelta | None = None,
    model: str = "",
) -> tuple[AITask, bool]:
    """Write a task and its queue row in the caller's transaction: a rollback leaves neither.

    Returns the task and whether it is new: while a task with the same type and `dedupe_key` is active, that one is
    returned instead. With `coalesce_key` only the newest request matters: one that has not begun is given this input
    and returned, one that runs is let run to its end first. Such work may `wait` for requests to come to rest
    (debouncing): each begins the wait anew, but never beyond `longest_wait` after the first, which is `wait` unless
    given. `model` is the one the work was given (see `core.llm.offer`), "" for the site's own. Raises QueueFull when
    there is no room, TypeError when `input_data` is not JSON-able, ValueError for keys of both kinds or a wait without
    `coalesce_key`.
    """
    if (dedupe_key and coalesce_key) or (wait and not coalesce_key):
        raise ValueError("Work has a dedupe_key or a coalesce_key, and only the latter may wait.")
    json.dumps(
        input_data
    )  # what cannot be stored is the caller's fault: say so before anything is written
    task = AITask(
        task_type=task_type,
        user_id=None if user is None else user.pk,
        input_data=input_data,
        subject=subject,
        dedupe_key=dedupe_key,
        coalesce_key=coalesce_key,
        model=model_named(model).name,
        priority=spec_of(task_type).priority,
        max_attempts=settings.MAX_ATTEMPTS,
        ticket=1,
    )
    if not coalesce_key:
        existing = _same(task)
        return (existing, False) if existing else _write(task)
    with transaction.atomic():
        existing = _same(task)
        written, is_new = (existing, False) if existing else _write(task, wait)
        if wait and not is_new:
            dispatch(written, coalescing.due(written, wait, longest_wait or wait))
    return written, is_new


def _write(task: AITask, wait: timedelta = AT_ONCE) -> tuple[AITask, bool]:
    """Write the task and its row, or return what stands for it already, and whether it is new.

    What is asked before takes no savepoint. Should the writing fail, the caller's transaction can only be rolled back.
    """
    admit(task.user_id)
    expect(task)
    with transaction.atomic(savepoint=False):
        existing = _insert_once(task)
        if existing is None:
            _write_row(task, timezone.now() + wait if wait else None)
    return existing or task, existing is None


def dispatch(task: AITask, run_at: datetime | None = None) -> None:
    """Write the queue row that runs `task`, now or at `run_at`; it takes the place of any earlier row."""
    task.issue_ticket()
    _write_row(task, run_at)


def _same(task: AITask) -> AITask | None:
    """Return the task that stands for this one already, if there is one."""
    if task.dedupe_key:
        same = AITask.objects.active().filter(task_type=task.task_type, dedupe_key=task.dedupe_key)
        return same.first()
    return coalescing.take_place(task) if task.coalesce_key else None


def _insert_once(task: AITask) -> AITask | None:
    """Insert the task, or return the one that another request has inserted for the same work meanwhile."""
    if not (task.dedupe_key or task.coalesce_key):
        task.save(force_insert=True)
        return None
    for _ in range(RACES):
        with suppress(IntegrityError), transaction.atomic():
            task.save(force_insert=True)
            return None
        if existing := _same(task):
            return existing
    task.save(
        force_insert=True
    )  # now for the reason why it is refused, which is not that others were faster
    return None


def _write_row(task: AITask, run_at: datetime | None = None) -> None:
    process_ai_task(
        str(task.pk),
        task.ticket,
        schedule={"run_at": run_at, "priority": task.priority},
        queue=spec_of(task.task_type).pool,
        verbose_name=str(task),
        creator=None if task.user_id is None else get_user_model()(pk=task.user_id),
    )
