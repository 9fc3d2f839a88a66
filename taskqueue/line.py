"""Who waits before whom, as the engine will claim them, and how many slots there are to run them."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
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
WHERE {claimable} AND {urgent} = {kind} AND run_at <= %s
ORDER BY {order}, id LIMIT {longest}
"""
COUNTS = """
SELECT 'waiting', queue, count(*) FROM (SELECT * FROM ({usual}) AS usual UNION ALL SELECT * FROM ({urgent}) AS urgent)
AS waiting GROUP BY queue
UNION ALL
SELECT 'busy', queue, count(*) FROM background_task WHERE locked_by IS NOT NULL GROUP BY queue
"""


class Line:
    """The line before each pool, in parts that are each read when first asked for, and then stay as they were."""

    @cached_property
    def places(self) -> dict[UUID, int]:
        """How many tasks will run before each that waits, in its pool."""
        places, ahead, known = dict[UUID, int](), Counter[str](), known_pools()
        for queue, name, params in _in_order():
            pool = queue if queue in known else BULK
            if ticket := ticket_of(_Row(name, params)):
                places[ticket.task_id] = ahead[pool]
            ahead[pool] += 1
        return places

    @property
    def lengths(self) -> Counter[str]:
        """How many tasks wait for each pool."""
        return self._counts["waiting"]

    @property
    def busy(self) -> Counter[str]:
        """How many tasks of each pool run."""
        return self._counts["busy"]

    @cached_property
    def slots(self) -> Counter[str]:
        """How many tasks of each pool can run at once, by the workers' widths; as one would, while there is none."""
        shares = [
            ([Pool(name, slots) for name, slots in pools.items()], widths)
            for pools, widths in living().values_list("pools", "widths")
        ]
        slots: Counter[str] = Counter()
        for pools, widths in shares or [(pools_for(settings.TASK_CONCURRENCY), {})]:
            # A worker tells its widths with its first beat; until then they are the whole of what it may run.
            slots.update(widths or Sharing(pools, sum(pool.slots for pool in pools)).limits([]))
        return slots

    @cached_property
    def pauses(self) -> dict[str, Pause]:
        """The pools in which nothing moves, and why."""
        return Pause.objects.current()

    @cached_property
    def _counts(self) -> dict[str, Counter[str]]:
        counts, known = defaultdict[str, Counter[str]](Counter), known_pools()
        usual, urgent = _waiting(0), _waiting(1)
        with connection.cursor() as cursor:
            cursor.execute(COUNTS.format(usual=usual, urgent=urgent), 2 * [_now()])
            for kind, queue, count in cursor.fetchall():
                counts[kind][queue if queue in known else BULK] += count
        return counts


def current_line(seconds: float | None = None) -> Line:
    """Return the line as it was within the last second, or so many."""
    return _lines.get(None, seconds)


def newest_line() -> Line:
    """Return the line as it is."""
    return _lines.load(None)


def forget_line() -> None:
    _lines.forget()


@dataclass(frozen=True)
class _Row:
    task_name: str
    task_params: str


def _in_order() -> list[tuple[Any, ...]]:
    """Return what is due in the order of the claim, at most LONGEST of each of its two halves."""
    rows: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for urgent in (0, 1):
            cursor.execute(_waiting(urgent), [_now()])
            rows += cursor.fetchall()
    return rows


def _waiting(urgent: int) -> str:
    return WAITING.format(
        claimable=CLAIMABLE,
        urgent=URGENT,
        kind=urgent,
        order=ORDER[connection.vendor],
        longest=LONGEST,
        indexed="INDEXED BY taskqueue_claim" if connection.vendor == "sqlite" else "",
    )


def _now() -> Any:
    return connection.ops.adapt_datetimefield_value(timezone.now())


_lines = Remembered[None, Line](1.0, lambda _: Line())
