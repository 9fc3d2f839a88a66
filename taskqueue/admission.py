"""Whether there is room for more work."""

from django.conf import settings

from taskqueue.errors import QueueFull
from taskqueue.models import AITask
from taskqueue.querysets import AITaskQuerySet

RETRY_AFTER = 30


def admit(user_id: int | None) -> None:
    """Raise QueueFull when the queue, or this learner's share of it, is used up."""
    if _reaches(AITask.objects.pending(), settings.TASK_MAX_PENDING):
        raise QueueFull(
            "There is more work waiting than can be done soon. Try again in half a minute.",
            retry_after=RETRY_AFTER,
        )
    if user_id is None:
        return
    if _reaches(AITask.objects.of(user_id).active(), settings.TASK_MAX_ACTIVE_PER_USER):
        raise QueueFull(
            "You have as much work under way as fits. Wait for some of it to finish.",
            retry_after=RETRY_AFTER,
        )


def _reaches(tasks: AITaskQuerySet, limit: int) -> bool:
    """Whether there are `limit` of these tasks; no more than that are counted."""
    return tasks.order_by()[:limit].count() >= limit
