"""The questions people ask of the queue."""

import uuid
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.utils import timezone

from taskqueue.types import ACTIVE, TaskStatus

if TYPE_CHECKING:
    from taskqueue.models import AITask  # noqa: F401


class AITaskQuerySet(models.QuerySet["AITask"]):
    def active(self) -> "AITaskQuerySet":
        return self.filter(status__in=ACTIVE)

    def pending(self) -> "AITaskQuerySet":
        return self.filter(status=TaskStatus.PENDING)

    def running(self) -> "AITaskQuerySet":
        return self.filter(status=TaskStatus.PROCESSING)

    def failed(self) -> "AITaskQuerySet":
        return self.filter(status=TaskStatus.FAILED)

    def ready(self) -> "AITaskQuerySet":
        """Narrow to what may start now, in the order in which it will."""
        due = models.Q(next_attempt_at__isnull=True) | models.Q(next_attempt_at__lte=timezone.now())
        return self.pending().filter(due).order_by("-priority", "created_at")

    def of(self, user_id: int) -> "AITaskQuerySet":
        return self.filter(user_id=user_id)

    def about(self, subject: str) -> "AITaskQuerySet":
        """Narrow to work on one thing, named as `enqueue()` named it, newest first."""
        return self.filter(subject=subject).order_by("-created_at")

    def visible_to(self, user: User | AnonymousUser) -> "AITaskQuerySet":
        """Narrow to what `user` may know of: their own, for staff everything, for visitors nothing."""
        if user.is_staff:
            return self.all()
        return self.filter(user_id=user.pk) if user.pk else self.none()

    def held(self, task_id: uuid.UUID, fence: int) -> "AITaskQuerySet":
        """Narrow to the row, if it still belongs to the run that took `fence`."""
        return self.filter(task_id=task_id, fence=fence, status=TaskStatus.PROCESSING)
