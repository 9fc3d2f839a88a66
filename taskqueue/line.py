"""Who waits before whom, as the engine will claim them, and how many slots there are to run them."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from background_task.models import Task
from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from taskqueue.engine.claiming import CLAIMABLE, ORDER, URGENT
from taskqueue.engine.tickets import ticket_of
from taskqueue.models import Pause
from taskqueue.overview import living
from taskqueue.pools import BULK, Pool, Sharing, known_pools, pools_for
from taskqueue.remembering import Remembered

LONGEST = 5_000
WAITING = """
SELECT queue, task_name, task_params FROM background_task {indexed}
WHERE {claimable} AND {urgent} = %s AND run_at <= %s
ORDER BY {order}, id LIMIT %s
"""


@dataclass
class Line:
    """The line before each pool: `places` of the tasks in it, how many it holds, how many run, and the slots.

    `pauses` are those in which nothing moves.
    """

    places: dict[UUID, int] = field(default_factory=dict)
    lengths: Counter[str] = field(default_factory=Counter)
    busy: Counter[str] = field(default_factory=Counter)
    slots: Counter[str] = field(default_factory=Counter)
    pauses: dict[str, Pause] = field(default_factory=dict)


def current_line() -> Line:
    """Return the line as it was within the last second."""
    return _lines.get(None)


def newest_line() -> Line:
    """Return the line as it is."""
    return _lines.load(None)


def forget_line() -> None:
    _lines.forget()


def _load(key: None) -> Line:
    line = Line(slots=_slots(), busy=_busy(), pauses=Pause.objects.current())
    known = known_pools()
    for queue, name, params in _waiting():
        pool = queue if queue in known else BULK
        if ticket := ticket_of(_Row(name, params)):
            line.places[ticket.task_id] = line.lengths[pool]
        line.lengths[pool] += 1
    return line


@dataclass(frozen=True)
class _Row:
    task_name: str
    task_params: str


def _waiting() -> list[tuple[Any, ...]]:
    """Return what is due in the order of the claim, at most LONGEST of each of its two halves."""
    sql = WAITING.format(
        claimable=CLAIMABLE,
        urgent=URGENT,
        order=ORDER[connection.vendor],
        indexed="INDEXED BY taskqueue_claim" if connection.vendor == "sqlite" else "",
    )
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    rows: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for urgent in (0, 1):
            cursor.execute(sql, [urgent, now, LONGEST])
            rows += cursor.fetchall()
    return rows


def _busy() -> Counter[str]:
    claimed = Task.objects.filter(locked_by__isnull=False).order_by().values_list("queue")
    known, busy = known_pools(), Counter[str]()
    for queue, count in claimed.annotate(Count("pk")):
        busy[queue if queue in known else BULK] += count
    return busy


def _slots() -> Counter[str]:
    """Return how many tasks of each pool can run at once; as one worker would, while there is none."""
    shares = [
        [Pool(name, slots) for name, slots in pools.items()]
        for pools in living().values_list("pools", flat=True)
    ]
    slots: Counter[str] = Counter()
    for pools in shares or [pools_for(settings.TASK_CONCURRENCY)]:
        slots.update(Sharing(pools, sum(pool.slots for pool in pools)).limits([]))
    return slots


_lines = Remembered[None, Line](1.0, _load)
