"""What is new for open streams, in few queries however many there are. One thread calls all of this."""

import json
import uuid
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from taskqueue.engine.bulk import values_of
from taskqueue.models import TaskEvent
from taskqueue.models.task_event import FINAL_NAMES
from taskqueue.streaming.reader import Visit

T = TypeVar("T")

AT_ONCE = 300
NEW = """
SELECT task_id, sequence, name, data FROM {values}
JOIN taskqueue_taskevent ON task_id = given.column1 AND sequence > given.column2
ORDER BY task_id, sequence
"""


class News(NamedTuple):
    """One event that somebody has not seen yet."""

    task_id: uuid.UUID
    sequence: int
    name: str
    data: Any

    @property
    def is_end(self) -> bool:
        return self.name in FINAL_NAMES


def newer_than(seen: Sequence[tuple[uuid.UUID, int]]) -> Iterator[News]:
    """Return the events of each task that are newer than the number beside it, in order."""
    for some in _batches(seen):
        values, given = values_of(TaskEvent, ["task", "sequence"], some)
        with connection.cursor() as cursor:
            cursor.execute(NEW.format(values=values), given)
            for task_id, sequence, name, data in cursor.fetchall():
                yield News(uuid.UUID(str(task_id)), sequence, name, json.loads(data))


def tasks_after(row: int) -> tuple[set[uuid.UUID], int]:
    """Return the tasks with events written after that row, and the last row; only where rows are numbered in order."""
    fresh = TaskEvent.objects.filter(pk__gt=row).order_by("pk").values_list("pk", "task_id")
    rows = list(fresh)
    return {task_id for _, task_id in rows}, rows[-1][0] if rows else row


def last_row() -> int:
    """Return the number of the newest event's row."""
    return TaskEvent.objects.aggregate(last=Max("pk"))["last"] or 0


def ended_visits(visits: Collection[Visit]) -> set[Visit]:
    """Return the visits that are over: signed out, expired, or of a user who may not come in like this any more."""
    asked = sorted(set(visits))
    return {visit for some in _batches(asked) for visit in set(some) - _living(some)}


def _living(visits: Sequence[Visit]) -> set[Visit]:
    sessions = Session.objects.filter(
        session_key__in=[visit.session_key for visit in visits], expire_date__gt=timezone.now()
    )
    keys = set(sessions.values_list("session_key", flat=True))
    users = User.objects.filter(pk__in={visit.user_id for visit in visits}, is_active=True)
    rights = {user.pk: (user.get_session_auth_hash(), user.is_staff) for user in users}
    return {visit for visit in visits if visit.session_key in keys and _may_stay(visit, rights)}


def _may_stay(visit: Visit, rights: dict[int, tuple[str, bool]]) -> bool:
    auth_hash, is_staff = rights.get(visit.user_id, ("", False))
    return auth_hash == visit.auth_hash and (is_staff or not visit.as_staff)


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]
