"""The one way into the queue."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction

from core.llm.offer import model_named
from taskqueue.admission import admit
from taskqueue.estimates import expect
from taskqueue.models import AITask
from taskqueue.registry import spec_of
from taskqueue.tasks import process_ai_task


def enqueue(
    task_type: str,
    *,
    user: AbstractBaseUser | None,
    input_data: dict[str, Any],
    subject: str = "",
    dedupe_key: str = "",
    model: str = "",
) -> tuple[AITask, bool]:
    """Write a task and its queue row in the caller's transaction: a rollback leaves neither.

    Returns the task and whether it is new: while a task with the same type and `dedupe_key` is active, that one is
    returned instead. `model` is the one the work was given (see `core.llm.offer`), "" for the site's own. Raises
    QueueFull when there is no room, TypeError when `input_data` is not JSON-able.
    """
    with transaction.atomic():
        if dedupe_key and (existing := _active(task_type, dedupe_key)):
            return existing, False
        user_id = None if user is None else user.pk
        admit(user_id)
        task = AITask(
            task_type=task_type,
            user_id=user_id,
            input_data=input_data,
            subject=subject,
            dedupe_key=dedupe_key,
            model=model_named(model).name,
            priority=spec_of(task_type).priority,
            max_attempts=settings.MAX_ATTEMPTS,
            ticket=1,
        )
        expect(task)
        if not dedupe_key:
            task.save(force_insert=True)
        elif existing := _insert_once(task):
            return existing, False
        _write_row(task)
    return task, True


def dispatch(task: AITask, run_at: datetime | None = None) -> None:
    """Write the queue row that runs `task`, now or at `run_at`; it takes the place of any earlier row."""
    task.issue_ticket()
    _write_row(task, run_at)


def _insert_once(task: AITask) -> AITask | None:
    """Insert the task, or return the one that another request has inserted for the same work meanwhile."""
    try:
        with transaction.atomic():
            task.save(force_insert=True)
    except IntegrityError:
        if existing := _active(task.task_type, task.dedupe_key):
            return existing
        raise
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


def _active(task_type: str, dedupe_key: str) -> AITask | None:
    return AITask.objects.active().filter(task_type=task_type, dedupe_key=dedupe_key).first()
