"""Running `@background` functions that are not AITasks, as the library does: signals, backoff, history, repetition.

What there is to say goes to the library's own logger, for that is the one that their authors listen to.
"""

import sys

from background_task import signals
from background_task import tasks as library
from background_task.models import Task
from django.db import transaction
from django.utils import timezone

from core.outage import in_a_line, is_outage
from taskqueue.engine.runs import Run
from taskqueue.outcome import Interrupted, Lost, Outcome, Saved
from taskqueue.retry import AFTER_OUTAGE


def run_function(run: Run) -> Outcome:
    """Call the function a row names and write its end in one transaction.

    The library writes it in up to five, and brings back rows that others took meanwhile: here nothing is written
    unless the row is still locked as it was claimed.
    """
    row = Task.objects.filter(pk=run.row.id, locked_by=run.row.locked_by).first()
    if row is None:
        return Lost()
    signals.task_started.send(Task)
    outcome = _attempt(row)
    signals.task_finished.send(Task)
    return outcome


def _attempt(row: Task) -> Outcome:
    try:
        _call(row)
        _complete(row)
    except (Exception, SystemExit) as error:
        if is_outage(error):
            reason = in_a_line(error)
            library.logger.warning("%s is put back: the database is away (%s)", row, reason)
            return Interrupted(timezone.now() + AFTER_OUTAGE)
        library.logger.error("%s ended with %r", row, error, exc_info=error)
        _reschedule(row, error)
    return Saved()


def _call(row: Task) -> None:
    args, kwargs = row.params()
    library.tasks._tasks[row.task_name].task_function(*args, **kwargs)


def _complete(row: Task) -> None:
    with transaction.atomic():
        if not _is_still_ours(row):
            return
        row.increment_attempts()
        completed = row.create_completed_task()
        signals.task_successful.send(sender=Task, task_id=row.pk, completed_task=completed)
        row.create_repetition()
        Task.objects.filter(pk=row.pk).delete()


def _reschedule(row: Task, error: BaseException) -> None:
    with transaction.atomic():
        if _is_still_ours(row):
            signals.task_error.send(sender=type(error), task=row)
            row.reschedule(*sys.exc_info())


def _is_still_ours(row: Task) -> bool:
    same = Task.objects.select_for_update().filter(pk=row.pk, locked_by=row.locked_by)
    return bool(same.filter(locked_at=row.locked_at).exists())
