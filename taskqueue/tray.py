"""A learner's work at a glance, for the tray that every page has."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from taskqueue.models import AITask, TaskStatus
from taskqueue.places import Place
from taskqueue.presenting import standing
from taskqueue.querysets import AITaskQuerySet
from taskqueue.registry import place_of
from taskqueue.types import ACTIVE
from taskqueue.wording import Line, line

STAYS = timedelta(days=1)
NEWS = timedelta(minutes=1)
SHOWN = 12


@dataclass(frozen=True)
class Row:
    """One task of the tray; `line` says where it is.

    One that was seen already is not shown, but for a while other pages and devices still learn of its end by it.
    """

    task: AITask
    place: Place | None
    line: Line

    @property
    def is_fresh(self) -> bool:
        """Whether it ended so recently that it is still news."""
        ended = self.task.finished_at
        return ended is not None and ended >= timezone.now() - NEWS

    @property
    def is_shown(self) -> bool:
        return self.task.seen_at is None or self.task.is_active


def rows(user: Any) -> list[Row]:
    """Return what runs and waits, and what ended within a day and was not looked at since; the newest first."""
    if not user.is_authenticated:
        return []
    just_now = Q(status=TaskStatus.COMPLETED, finished_at__gte=timezone.now() - NEWS)
    wanted = Q(status__in=ACTIVE) | Q(pk__in=_unseen(user.pk)) | just_now
    tasks = AITask.objects.of(user.pk).filter(wanted).order_by("-created_at")[:SHOWN]
    return [_row(task) for task in tasks]


def forget_ended(user_id: int) -> None:
    """Take everything that ended off the tray."""
    _unseen(user_id).update(seen_at=timezone.now())


def _unseen(user_id: int) -> AITaskQuerySet:
    return AITask.objects.of(user_id).filter(
        status__in=(TaskStatus.COMPLETED, TaskStatus.FAILED),
        finished_at__gte=timezone.now() - STAYS,
        seen_at__isnull=True,
    )


def _row(task: AITask) -> Row:
    return Row(task, place_of(task), line(standing(task), "Working on it"))
