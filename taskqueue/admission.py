"""Whether there is room for more work."""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from taskqueue.errors import QueueFull
from taskqueue.models import AITask
from taskqueue.remembering import Remembered

RETRY_AFTER = 30
PLENTY = 100
# Plain SQL, for it is asked before every task and Django takes longer to compile it than the database to answer.
ACTIVE_FROM = """
SELECT 1 FROM taskqueue_aitask WHERE user_id = %s AND status IN ('pending', 'processing') LIMIT 1 OFFSET %s
"""


def admit(user_id: int | None) -> None:
    """Raise QueueFull when the queue, or this learner's share of it, is used up."""
    if not _takes_room(settings.TASK_MAX_PENDING):
        raise QueueFull(
            "There is more work waiting than can be done soon. Try again in half a minute.",
            retry_after=RETRY_AFTER,
        )
    if user_id is None:
        return
    if _has_active(user_id, settings.TASK_MAX_ACTIVE_PER_USER):
        raise QueueFull(
            "You have as much work under way as fits. Wait for some of it to finish.",
            retry_after=RETRY_AFTER,
        )


@dataclass
class _Room:
    left: int


def _takes_room(limit: int) -> bool:
    """Whether one more task fits among `limit`.

    While less than half is taken, a count some seconds old will do, so that asking does not cost more the more waits.
    """
    room = _rooms.get(limit)
    if room.left <= max(PLENTY, limit // 2):
        room = _rooms.load(limit)
    room.left -= 1
    return room.left >= 0


def _count_room(limit: int) -> _Room:
    return _Room(limit - AITask.objects.pending().order_by()[:limit].count())


def _has_active(user_id: int, limit: int) -> bool:
    """Whether a learner has `limit` active tasks; no more than that are read."""
    if limit < 1:
        return True
    with connection.cursor() as cursor:
        cursor.execute(ACTIVE_FROM, [user_id, limit - 1])
        return cursor.fetchone() is not None


_rooms = Remembered[int, _Room](5.0, _count_room)
