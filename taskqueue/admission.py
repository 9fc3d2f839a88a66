"""Whether there is room for more work."""

from dataclasses import dataclass

from django.conf import settings

from taskqueue.errors import QueueFull
from taskqueue.models import AITask
from taskqueue.querysets import AITaskQuerySet
from taskqueue.remembering import Remembered

RETRY_AFTER = 30
PLENTY = 100


def admit(user_id: int | None) -> None:
    """Raise QueueFull when the queue, or this learner's share of it, is used up."""
    if not _takes_room(settings.TASK_MAX_PENDING):
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


@dataclass
class _Room:
    left: int


def _takes_room(limit: int) -> bool:
    """Whether one more task fits among `limit`.

    While less than half is taken, a count of the last second will do, so that asking does not cost more the more waits.
    """
    room = _rooms.get(limit)
    if room.left <= max(PLENTY, limit // 2):
        room = _rooms.load(limit)
    room.left -= 1
    return room.left >= 0


def _count_room(limit: int) -> _Room:
    return _Room(limit - AITask.objects.pending().order_by()[:limit].count())


def _reaches(tasks: AITaskQuerySet, limit: int) -> bool:
    """Whether there are `limit` of these tasks; no more than that are read."""
    return limit < 1 or tasks.order_by()[limit - 1 :].exists()


_rooms = Remembered[int, _Room](1.0, _count_room)
