"""Writing down how runs ended: one statement for all that ended in the same way.

Every one of them asks for the fence of the run, so that a run that lost its task changes nothing, and for the name of
the worker on the queue row, so that the row of another run is left alone.
"""

import logging
import uuid
from collections.abc import Sequence
from typing import Any

from background_task.models import Task
from django.db import transaction
from django.utils import timezone

from core.outage import is_outage
from taskqueue.engine.bulk import update_each
from taskqueue.engine.claiming import drop, dropping
from taskqueue.engine.plain import Values
from taskqueue.engine.release import release
from taskqueue.engine.runs import Run
from taskqueue.models import AITask, Pause, TaskEvent, TaskStatus
from taskqueue.models.ai_task import final_entry, retry_data
from taskqueue.models.task_event import Entry, EventName
from taskqueue.notices import notify
from taskqueue.outcome import Again, Completed, Failed, Interrupted, Lost, Outcome, Saved

logger = logging.getLogger(__name__)

Ended = tuple[Run, Outcome]
Change = tuple[Run, list[Any]]  # a run with what the changed fields of its task become
NO_REASON = {"error": "", "error_code": "", "error_detail": ""}
REASON = ("error", "error_code", "error_detail")


def settle(ended: Sequence[Ended], worker: str) -> list[Entry]:
    """Write the ends of runs that this worker still owns; in the transaction of the turn.

    Returns the events that tell of them, which are the caller's to append: with others of the turn they cost less.
    """
    ours = [(run, outcome) for run, outcome in ended if run.is_ours]
    if not ours:
        return []
    completed = [(run, [end.result]) for run, end in ours if isinstance(end, Completed)]
    failed = [(run, _reason(end)) for run, end in ours if isinstance(end, Failed)]
    told = [
        *_end(completed, ["result"], TaskStatus.COMPLETED, worker, **NO_REASON),
        *_end(failed, REASON, TaskStatus.FAILED, worker),
        *_put_back([(run, end) for run, end in ours if isinstance(end, Again)], worker),
    ]
    _hold_off(ours)
    drop((run.row.id for run, end in ours if isinstance(end, Saved)), worker)
    for run, outcome in ours:
        if isinstance(outcome, Interrupted | Lost):
            when = outcome.when if isinstance(outcome, Interrupted) else None
            release(Task.objects.filter(pk=run.row.id, locked_by=worker), counted=False, when=when)
    return told


def settle_one_by_one(ended: Sequence[Ended], worker: str) -> None:
    """Write each end in a transaction of its own; one that the database refuses becomes a failure."""
    for run, outcome in ended:
        try:
            with transaction.atomic():
                TaskEvent.objects.append(settle([(run, outcome)], worker))
        except Exception as error:
            if is_outage(error):
                raise
            logger.exception("The end of %s cannot be written", run.row)
            failed = Failed("Something went wrong on our side.", "internal", repr(error))
            with transaction.atomic():
                TaskEvent.objects.append(settle([(run, failed)], worker))


def _end(
    ended: Sequence[Change], change: Sequence[str], status: TaskStatus, worker: str, **to: Any
) -> list[Entry]:
    """End the tasks of these runs and drop the queue rows of all of them."""
    over = dropping((run.row.id for run, _ in ended), worker)
    numbers = _transition(ended, change, status, over, finished_at=timezone.now(), **to)
    notify(run.task for run, _ in ended if run.task and run.task.task_id in numbers)
    return [final_entry(task_id, number, status) for task_id, number in numbers.items()]


def _put_back(ended: Sequence[tuple[Run, Again]], worker: str) -> list[Entry]:
    waiting = [(run, [*_reason(end), end.when]) for run, end in ended]
    change = (*REASON, "next_attempt_at")
    numbers = _transition(waiting, change, TaskStatus.PENDING, progress=None)
    update_each(
        Task,
        ["id"],
        ["run_at"],
        [(run.row.id, end.when) for run, end in ended],
        where={"locked_by": worker},
        to={"locked_by": None, "locked_at": None, "last_error": ""},
    )
    return [
        Entry(task_id, numbers[task_id], EventName.RETRY, data)
        for run, end in ended
        if run.task and (task_id := run.task.task_id) in numbers
        for data in [retry_data(run.task.attempt, end.when, end.error, end.code)]
    ]


def _hold_off(ended: Sequence[Ended]) -> None:
    """Share with all workers until when a provider asked to be left alone."""
    for run, end in ended:
        if isinstance(end, Again | Failed) and end.jam and end.jam.until:
            Pause.objects.hold_off(run.pool, end.jam.until, error=end.error, code=end.code)


def _reason(end: Failed | Again) -> list[str]:
    return [end.error, end.code, end.detail]


def _transition(
    ended: Sequence[Change],
    change: Sequence[str],
    status: TaskStatus,
    then: Values | None = None,
    **to: Any,
) -> dict[uuid.UUID, int]:
    """Return the numbers of the events that tell of it, by task."""
    rows = [(run.task.task_id, run.task.fence, *values) for run, values in ended if run.task]
    if "next_attempt_at" not in change:
        to["next_attempt_at"] = None
    return update_each(
        AITask,
        ["task_id", "fence"],
        change,
        rows,
        where={"status": TaskStatus.PROCESSING},
        to={"status": status, "updated_at": timezone.now(), **to},
        grow="events",
        then=then,
    )
