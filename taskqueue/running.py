"""One attempt at a task, from taking it to its end."""

import logging
import time
import traceback

from django.db import transaction

from core.errors import TaskError
from core.llm.scope import call_scope
from taskqueue.enqueue import dispatch
from taskqueue.errors import LeaseLost
from taskqueue.models import AITask, TaskStatus
from taskqueue.registry import spec_of
from taskqueue.retry import is_worth_retrying

logger = logging.getLogger(__name__)

HOLD_EVERY = 1.0


def run(task_id: str, ticket: int | None = None) -> None:
    """Run one attempt. Every way it can end is written to the AITask; nothing is raised for the queue to retry."""
    task = AITask.objects.filter(task_id=task_id).first()
    if task is None or not task.begin(ticket):
        return
    try:
        if task.attempt > task.max_attempts:
            task.fail(
                error="The worker stopped in the middle of this, every time it was tried.",
                code="interrupted",
                detail=f"Interrupted in all of {task.max_attempts} attempts.",
            )
            return
        _process(task)
    except LeaseLost:
        logger.info("%s was cancelled or taken over; this run saves nothing", task)
    except (Exception, SystemExit) as error:
        _give_back_or_fail(task, error)


def _process(task: AITask) -> None:
    processor = spec_of(task.task_type).load_processor()
    with call_scope(task_id=task.task_id, learner_id=task.user_id, check=_Guard(task)):
        result = processor(task)
    if task.status != TaskStatus.COMPLETED:
        task.settle(lambda: result)


class _Guard:
    """Asks at most once a second whether the run still owns its task, however often it is called."""

    def __init__(self, task: AITask) -> None:
        self._task = task
        self._next = time.monotonic() + HOLD_EVERY

    def __call__(self) -> None:
        if time.monotonic() >= self._next:
            self._task.hold()
            self._next = time.monotonic() + HOLD_EVERY


def _give_back_or_fail(task: AITask, error: BaseException) -> None:
    known = error if isinstance(error, TaskError) else None
    level = logging.WARNING if known else logging.ERROR
    trace = None if known else error
    of = f"{task}: attempt {task.attempt} of {task.max_attempts}"
    logger.log(level, "%s ended with %r", of, error, exc_info=trace)
    reason = {
        "error": known.message if known else "Something went wrong on our side.",
        "code": known.code if known else "internal",
        "detail": "".join(traceback.format_exception(error)),
    }
    try:
        if is_worth_retrying(error) and task.has_attempts_left:
            _give_back(task, error, reason)
        else:
            task.fail(**reason)
    except LeaseLost:
        logger.info("%s was cancelled or taken over while it failed", task)


def _give_back(task: AITask, error: BaseException, reason: dict[str, str]) -> None:
    when = spec_of(task.task_type).retry.next_attempt(task.attempt, error)
    with transaction.atomic():
        task.retry_at(when, **reason)
        dispatch(task, run_at=when)
