"""How long a learner will wait, from the real order of the queue and from how long such work took lately."""

import math
from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from taskqueue.models import AITask, TaskStatus

SAMPLE = 50
ENOUGH = 5


def queue_position(task: AITask) -> int | None:
    """Return how many waiting tasks will run before this one; None unless it is pending."""
    if task.status != TaskStatus.PENDING:
        return None
    first = Q(priority__gt=task.priority) | Q(
        priority=task.priority, created_at__lt=task.created_at
    )
    return AITask.objects.ready().filter(first).count()


def eta_seconds(task: AITask) -> list[int] | None:
    """Return the range [low, high] of seconds until the task ends, or None when too little is known."""
    if not task.is_active:
        return None
    took = _recent_seconds(task.task_type)
    if len(took) < ENOUGH:
        return None
    low, high = took[len(took) // 10], took[-1 - len(took) // 10]
    wait = _seconds_to_start(task, took[len(took) // 2])
    return [math.floor(max(0.0, low + wait)), math.ceil(max(1.0, high + wait))]


def _recent_seconds(task_type: str) -> list[float]:
    """Return the run times of the latest completed tasks of a type, shortest first."""
    finished = AITask.objects.filter(
        task_type=task_type, status=TaskStatus.COMPLETED, started_at__isnull=False
    ).order_by("-finished_at")
    took: list[timedelta] = list(
        finished.annotate(took=F("finished_at") - F("started_at")).values_list("took", flat=True)[
            :SAMPLE
        ]
    )
    return sorted(each.total_seconds() for each in took)


def _seconds_to_start(task: AITask, typical: float) -> float:
    """Return the seconds until the task starts; negative when it has been running already."""
    if task.status == TaskStatus.PROCESSING:
        started = task.started_at or timezone.now()
        return -(timezone.now() - started).total_seconds()
    delay = 0.0
    if task.next_attempt_at is not None:
        delay = max(0.0, (task.next_attempt_at - timezone.now()).total_seconds())
    return delay + typical * ((queue_position(task) or 0) // settings.TASK_CONCURRENCY)
