"""Rows of the queue on the hot path: taking the next ones and dropping those that are done.

Plain SQL, for Django would build an object of twenty fields for each row and compile each statement anew. The order is
the one of the index `taskqueue_claim`; its expression is repeated here as it stands there, so that the databases see
that they need not sort, and the cost of a claim does not grow with the queue.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

# SKIP LOCKED, so that workers that claim at once pass each other by instead of waiting:
# https://www.postgresql.org/docs/current/sql-select.html#SQL-FOR-UPDATE-SHARE
POSTGRESQL = """
WITH due AS (
    SELECT id FROM background_task
    WHERE locked_by IS NULL AND failed_at IS NULL AND run_at <= %s AND {filters}
    ORDER BY ((run_at AT TIME ZONE 'UTC') - priority * interval '1 minute'), id
    LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE background_task SET locked_by = %s, locked_at = %s
FROM due WHERE background_task.id = due.id
RETURNING background_task.id, task_name, task_params, locked_by, last_error
"""
# The caller's transaction is IMMEDIATE, so nobody else claims meanwhile. Without INDEXED BY the planner prefers the
# library's index on locked_by and sorts everything that waits: https://sqlite.org/lang_indexedby.html
SQLITE = """
UPDATE background_task SET locked_by = %s, locked_at = %s
WHERE id IN (
    SELECT id FROM background_task INDEXED BY taskqueue_claim
    WHERE locked_by IS NULL AND failed_at IS NULL AND run_at <= %s AND {filters}
    ORDER BY julianday(run_at) - priority / 1440.0, id
    LIMIT %s
)
RETURNING id, task_name, task_params, locked_by, last_error
"""
NEXT = """
SELECT run_at FROM background_task {indexed}
WHERE locked_by IS NULL AND failed_at IS NULL AND {filters}
ORDER BY run_at LIMIT 1
"""
FREE = "UPDATE background_task SET locked_by = NULL, locked_at = NULL WHERE id IN ({places})"
DROP = "DELETE FROM background_task WHERE locked_by = %s AND id IN ({places})"


# What `last_error` says of a row that was interrupted in all of its attempts but the last. Whatever stopped its
# worker each time may be its own doing, or that of a row that ran beside it: run one at a time, they tell.
LAST_CHANCE = "The worker stopped in the middle of this, in every attempt so far."


class Row(NamedTuple):
    """What a run needs of its queue row."""

    id: int
    task_name: str
    task_params: str
    locked_by: str
    last_error: str

    @property
    def is_risky(self) -> bool:
        return self.last_error == LAST_CHANCE

    def __str__(self) -> str:
        return f"{self.task_name} in row {self.id}"


class Claims:
    """The queue as one worker sees it: the functions it knows, and the one queue it serves if it serves only one."""

    def __init__(self, names: Sequence[str], queue: str = "") -> None:
        filters = [f"task_name IN ({_places(names)})"]
        self._given = list(names)
        if queue:
            filters.append("queue = %s")
            self._given.append(queue)
        self._filters = " AND ".join(filters)

    def take(self, limit: int, worker: str, *, risk: bool) -> list[Row]:
        """Lock at most `limit` due rows for `worker` and return them; call it inside a transaction.

        At most one of them is risky, and none unless `risk` is taken.
        """
        now = _adapt(timezone.now())
        filters, filtered = self._filter(risk)
        if connection.vendor == "postgresql":
            sql, given = POSTGRESQL, [now, *filtered, limit, worker, now]
        else:
            sql, given = SQLITE, [worker, now, now, *filtered, limit]
        with connection.cursor() as cursor:
            cursor.execute(sql.format(filters=filters), given)
            rows = [Row(*values) for values in cursor.fetchall()]
        risky = [row for row in rows if row.is_risky]
        _free(risky[1:])
        return [row for row in rows if row not in risky[1:]]

    def next_due(self, *, risk: bool) -> datetime | None:
        """Return when the next row that `take` would take is due, or was; None when nothing waits."""
        indexed = "" if connection.vendor == "postgresql" else "INDEXED BY taskqueue_due"
        filters, given = self._filter(risk)
        with connection.cursor() as cursor:
            cursor.execute(NEXT.format(filters=filters, indexed=indexed), given)
            found = cursor.fetchone()
        return _moment(found[0]) if found else None

    def _filter(self, risk: bool) -> tuple[str, list[str]]:
        if risk:
            return self._filters, self._given
        return f"{self._filters} AND last_error <> %s", [*self._given, LAST_CHANCE]


def _free(rows: Sequence[Row]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(FREE.format(places=_places(rows)), [row.id for row in rows])


def drop(rows: Iterable[int], worker: str) -> None:
    """Delete rows that `worker` holds; their work is over."""
    ids = list(rows)
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(DROP.format(places=_places(ids)), [worker, *ids])


def _places(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _adapt(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _moment(stored: datetime) -> datetime:
    """Return the time a database gave; SQLite keeps it without a zone."""
    return stored if timezone.is_aware(stored) else timezone.make_aware(stored, connection.timezone)
