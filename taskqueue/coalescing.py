"""Of the tasks with one `coalesce_key` only the newest matters, and never do two of them run at a time.

A request whose forerunner has not begun takes its place in the queue. One that comes while a forerunner runs waits for
its end. Whatever older ones still wait, for another attempt say, are cancelled when a newer one begins. "Newest" goes
by `queued_at`, so that somebody who asks for an older one again makes it the newest.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from enum import Enum, auto

from django.db import IntegrityError, transaction
from django.utils import timezone

from taskqueue.errors import WrongState
from taskqueue.models import AITask, TaskStatus
from taskqueue.querysets import AITaskQuerySet

LOOK_AGAIN = timedelta(seconds=0.5)
SUPERSEDED = "A newer request took the place of this one."


def take_place(task: AITask) -> AITask | None:
    """Ask by a waiting task of the same key, one that has never begun, for what `task` would; None without one."""
    waiting = of(task.task_type, task.coalesce_key).filter(status=TaskStatus.PENDING, fence=0)
    wish = {name: getattr(task, name) for name in ("user_id", "input_data", "subject", "model")}
    now = timezone.now()
    if not waiting.update(**wish, queued_at=now, updated_at=now):
        return None
    return waiting.first()


class Turn(Enum):
    """Whether a task has begun, has to wait for another of its key, or never will."""

    BEGUN = auto()
    LATER = auto()
    NEVER = auto()


@transaction.atomic
def begin(task: AITask, ticket: int | None) -> Turn:
    """Take the task for a run, as `AITask.begin` does, when it is its turn.

    It is read anew first, for a request may have joined it since, which makes it newer; from then on none can. What
    older ones of its key still wait are cancelled when it begins, and it is itself when it is older than another. The
    database lets only one be `processing`, whoever asks at the same time.
    """
    task.refresh_from_db(from_queryset=AITask.objects.select_for_update())
    if is_superseded(task):
        supersede(task)
        return Turn.NEVER
    try:
        with transaction.atomic():
            took = task.begin(ticket)
    except IntegrityError:
        task.refresh_from_db()
        return Turn.LATER
    if not took:
        return Turn.NEVER
    others = of(task.task_type, task.coalesce_key).exclude(pk=task.pk)
    for older in others.pending().filter(queued_at__lte=task.queued_at):
        supersede(older)
    return Turn.BEGUN


def is_superseded(task: AITask) -> bool:
    """Whether it still waits while a newer one waits or runs."""
    others = of(task.task_type, task.coalesce_key).exclude(pk=task.pk)
    newer = others.filter(queued_at__gt=task.queued_at)
    return task.status == TaskStatus.PENDING and newer.active().exists()


def supersede(task: AITask) -> None:
    """End a waiting task because a newer one is there; nothing happens when it does not wait any more."""
    with suppress(WrongState):
        task.cancel([TaskStatus.PENDING], error=SUPERSEDED, error_code="superseded")


def due(task: AITask, wait: timedelta, longest: timedelta) -> datetime:
    """Return when a task runs that waits for requests to come to rest, but never longer than `longest` in all."""
    return min(timezone.now() + wait, task.created_at + longest)


def of(task_type: str, coalesce_key: str) -> AITaskQuerySet:
    """Narrow to the tasks of one key."""
    return AITask.objects.filter(task_type=task_type, coalesce_key=coalesce_key)
