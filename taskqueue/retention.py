"""What is kept, for how long, and what becomes of the rest."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessLog
from background_task.models import CompletedTask
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone

from core.outage import in_a_line, is_outage
from taskqueue.models import AITask, TaskEvent
from taskqueue.types import FINAL

logger = logging.getLogger(__name__)

RETENTION = timedelta(days=30)
# A reader who was away for a moment when a task ended may still fetch what it missed.
EVENTS_AFTER_END = timedelta(minutes=10)


@dataclass(frozen=True)
class Rule:
    """One kind of row: which of them are due at a time, and what is done with those."""

    name: str
    due: Callable[[datetime], "models.QuerySet[models.Model]"]
    apply: Callable[["models.QuerySet[models.Model]"], int]


def prune(now: datetime | None = None, *, dry_run: bool = False) -> dict[str, int | None]:
    """Apply every rule and return the rows each one touched, or would touch; None for a rule that failed.

    A rule that fails is logged and never keeps the others from their work.
    """
    now = now or timezone.now()
    return {rule.name: _apply(rule, now, dry_run=dry_run) for rule in RULES}


def _apply(rule: Rule, now: datetime, *, dry_run: bool) -> int | None:
    try:
        due = rule.due(now)
        return due.count() if dry_run else rule.apply(due)
    except Exception as error:
        trace = None if is_outage(error) else error
        reason = in_a_line(error)
        logger.error("Pruning %s failed (%s); the others go on", rule.name, reason, exc_info=trace)
        return None


def prune_events() -> int:
    """Delete the events that were only for those who watched, of tasks that have ended; return how many."""
    return _delete(_passing_events(timezone.now()))


def _passing_events(now: datetime) -> "models.QuerySet[TaskEvent]":
    return TaskEvent.objects.passing(now - EVENTS_AFTER_END)


def _old_tasks(now: datetime) -> "models.QuerySet[AITask]":
    return AITask.objects.filter(status__in=FINAL, finished_at__lt=now - RETENTION)


def _delete(rows: "models.QuerySet[models.Model]") -> int:
    return rows.delete()[0]


def _archive(rows: "models.QuerySet[models.Model]") -> int:
    """Keep what a learner owns, without what only an operator needs; lists leave archived tasks out."""
    return rows.update(archived_at=timezone.now(), error_detail="", progress=None, dedupe_key="")


RULES = [
    Rule(
        "tasks of learners, archived",
        lambda now: _old_tasks(now).filter(user__isnull=False, archived_at__isnull=True),
        _archive,
    ),
    Rule("events of ended tasks", _passing_events, _delete),
    Rule("tasks of nobody", lambda now: _old_tasks(now).filter(user__isnull=True), _delete),
    Rule(
        "finished queue rows",
        lambda now: CompletedTask.objects.filter(run_at__lt=now - RETENTION),
        _delete,
    ),
    Rule("expired sessions", lambda now: Session.objects.filter(expire_date__lt=now), _delete),
    Rule(
        "sign-in attempts",
        lambda now: AccessAttempt.objects.filter(attempt_time__lt=now - RETENTION),
        _delete,
    ),
    Rule(
        "sign-in log",
        lambda now: AccessLog.objects.filter(attempt_time__lt=now - RETENTION),
        _delete,
    ),
]
