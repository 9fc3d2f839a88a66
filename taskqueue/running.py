"""One attempt at a task, from taking it to its end."""

import json
import logging
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from core.errors import RetryableError, TaskError
from core.llm.errors import RateLimited
from core.llm.scope import call_scope
from core.outage import in_a_line, is_outage
from taskqueue import coalescing
from taskqueue.coalescing import Turn
from taskqueue.enqueue import dispatch
from taskqueue.errors import LeaseLost
from taskqueue.models import AITask, TaskStatus
from taskqueue.outcome import Again, Completed, Failed, Interrupted, Jam, Lost, Outcome, Saved
from taskqueue.registry import Processor, spec_of
from taskqueue.retry import AFTER_OUTAGE, is_worth_retrying
from taskqueue.telling import Teller

logger = logging.getLogger(__name__)

HOLD_EVERY = 1.0
AFTER_BROKEN_CODE = timedelta(seconds=30)


def run(task_id: str, ticket: int | None = None) -> None:
    """Run one attempt and write its end, for callers that have no engine around them.

    Every way an attempt can end is written to the AITask; nothing is raised for a queue to retry.
    """
    task = AITask.objects.filter(task_id=task_id).first()
    if task is None or not _take(task, ticket):
        return
    outcome = attempt(task, _Guard(task))
    try:
        _write(task, outcome)
    except LeaseLost:
        logger.info("%s was cancelled or taken over; this run saves nothing", task)


def _take(task: AITask, ticket: int | None) -> bool:
    if not task.coalesce_key:
        return task.begin(ticket)
    turn = coalescing.begin(task, ticket)
    if turn is Turn.LATER:
        dispatch(task, run_at=timezone.now() + coalescing.LOOK_AGAIN)
    return turn is Turn.BEGUN


def attempt(task: AITask, check: Callable[[], None], teller: Teller | None = None) -> Outcome:
    """Do the work of a task that has begun and say how it ended.

    `check` raises LeaseLost when it was lost; `teller` shows readers what a model writes.
    """
    if task.attempt > task.max_attempts:
        return interrupted_too_often(task)
    try:
        processor = spec_of(task.task_type).load_processor()
    except Exception:
        logger.exception("%s waits: its processor cannot be loaded", task)
        return Interrupted(timezone.now() + AFTER_BROKEN_CODE)
    try:
        return _process(task, processor, check, teller or Teller())
    except LeaseLost:
        logger.info("%s was cancelled or taken over; this run saves nothing", task)
        return Lost()
    except (Exception, SystemExit) as error:
        return _end_of(task, error)


def interrupted_too_often(task: AITask) -> Failed:
    """Return the end of a task that no worker survived."""
    return Failed(
        error="The worker stopped in the middle of this, every time it was tried.",
        code="interrupted",
        detail=f"Interrupted in all of {task.max_attempts} attempts.",
    )


def _process(
    task: AITask, processor: Processor, check: Callable[[], None], teller: Teller
) -> Outcome:
    with call_scope(
        task_id=task.task_id,
        learner_id=task.user_id,
        model=task.model,
        on_token=partial(teller.say, (task.task_id, task.fence)),
        on_text_end=teller.write,
        check=check,
    ):
        result = processor(task)
    if task.status == TaskStatus.COMPLETED:
        return Saved()
    json.dumps(result)  # a result that cannot be stored is the processor's fault: say so here
    return Completed(result)


def _end_of(task: AITask, error: BaseException) -> Outcome:
    of = f"{task}: attempt {task.attempt} of {task.max_attempts}"
    if is_outage(error):
        logger.warning("%s is put back: the database is away (%s)", of, in_a_line(error))
        return Interrupted(timezone.now() + AFTER_OUTAGE)
    known = error if isinstance(error, TaskError) else None
    level = logging.WARNING if known else logging.ERROR
    logger.log(level, "%s ended with %r", of, error, exc_info=None if known else error)
    reason = {
        "error": _storable(known.message if known else "Something went wrong on our side."),
        "code": known.code if known else "internal",
        "detail": _storable("".join(traceback.format_exception(error))),
    }
    jam = _jam_of(error)
    if is_worth_retrying(error) and task.has_attempts_left:
        when = spec_of(task.task_type).retry.next_attempt(task.attempt, error)
        return Again(when, **reason, jam=jam)
    return Failed(**reason, jam=jam)


def _jam_of(error: BaseException) -> Jam | None:
    asked = error.retry_after if isinstance(error, RetryableError) else None
    if asked is not None:
        return Jam(timezone.now() + timedelta(seconds=asked))
    return Jam() if isinstance(error, RateLimited) else None


def _storable(text: str) -> str:
    """Return text without what PostgreSQL or UTF-8 cannot hold, whatever a provider has put in an error."""
    return text.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()


def _write(task: AITask, outcome: Outcome) -> None:
    match outcome:
        case Completed(result):
            task.settle(lambda: result)
        case Failed(error, code, detail):
            task.fail(error=error, code=code, detail=detail)
        case Again(when, error, code, detail):
            with transaction.atomic():
                task.retry_at(when, error=error, code=code, detail=detail)
                dispatch(task, run_at=when)
        case Interrupted(when):
            with transaction.atomic():
                task.hand_back(when)
                dispatch(task, run_at=when)


class _Guard:
    """Asks at most once a second whether the run still owns its task, however often it is called."""

    def __init__(self, task: AITask) -> None:
        self._task = task
        self._next = time.monotonic() + HOLD_EVERY

    def __call__(self) -> None:
        if time.monotonic() >= self._next:
            self._task.hold()
            self._next = time.monotonic() + HOLD_EVERY
