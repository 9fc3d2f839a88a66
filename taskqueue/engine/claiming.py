"""Rows of the queue on the hot path: taking the next ones and dropping those that are done.

Plain SQL, for Django would build an object of twenty fields for each row and compile each statement anew. The order is
the one of the index `taskqueue_claim`; its expressions are repeated here as they stand there, so that the databases see
that they need not sort, and the cost of a claim does not grow with the queue.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from taskqueue.engine.lease import held, key_of
from taskqueue.engine.plain import Values, places, run
from taskqueue.pools import BULK, INTERACTIVE, Pool, known_pools

CLAIMABLE = "locked_by IS NULL AND failed_at IS NULL"
URGENT = f"CASE queue WHEN '{INTERACTIVE}' THEN 1 ELSE 0 END"
OWNER = "coalesce(creator_object_id, 0)"
ORDER = {
    "sqlite": "julianday(run_at) - priority / 1440.0",
    "postgresql": "(run_at AT TIME ZONE 'UTC') - priority * interval '1 minute'",
}
# SKIP LOCKED, so that workers that claim at once pass each other by instead of waiting:
# https://www.postgresql.org/docs/current/sql-select.html#SQL-FOR-UPDATE-SHARE
# SQLite's transaction is IMMEDIATE, so nobody else claims meanwhile.
LOCK = {"sqlite": "", "postgresql": "FOR UPDATE SKIP LOCKED"}
NEXT = """
SELECT * FROM (
    SELECT id FROM background_task {indexed}
    WHERE {claimable} AND {filters} AND run_at <= %s
        AND NOT EXISTS (SELECT 1 FROM taskqueue_pause WHERE pool = %s AND until > %s)
    ORDER BY {order}, id LIMIT %s {lock}
) AS of_pool
"""
TAKE = """
WITH living AS MATERIALIZED ({held}),
    due (taken) AS MATERIALIZED (SELECT id FROM ({due}) AS due WHERE EXISTS (SELECT 1 FROM living))
UPDATE background_task SET locked_by = %s, locked_at = %s
FROM due WHERE id = taken
RETURNING id, task_name, task_params, locked_by, last_error, queue, {owner}, {order}
"""
DUE = """
SELECT run_at, until FROM (
    SELECT run_at FROM background_task {indexed}
    WHERE {claimable} AND {filters}
    ORDER BY run_at LIMIT 1
) AS of_pool LEFT JOIN taskqueue_pause ON pool = %s
"""
# Whose rows wait, and the place of each one's first in the order: one look into the index for each owner, however many
# rows are his (a "loose index scan": https://wiki.postgresql.org/wiki/Loose_indexscan).
OWNERS = """
WITH RECURSIVE waiting (owner, number) AS (
    SELECT * FROM (
        SELECT {owner}, 1 FROM background_task {indexed}
        WHERE {claimable} AND {kind} AND {owner} > %s ORDER BY {owner} LIMIT 1
    ) AS first
    UNION ALL
    SELECT (
        SELECT {owner} FROM background_task {indexed}
        WHERE {claimable} AND {kind} AND {owner} > waiting.owner ORDER BY {owner} LIMIT 1
    ), number + 1
    FROM waiting WHERE owner IS NOT NULL AND number < %s
)
SELECT owner, (
    SELECT {order} FROM background_task {indexed}
    WHERE {claimable} AND {filters} AND {owner} = waiting.owner AND run_at <= %s
    ORDER BY {order}, id LIMIT 1
) FROM waiting WHERE owner IS NOT NULL
"""
OWNERS_AT_ONCE = 64
COUNT = "SELECT count(*) FROM ({due}) AS due"
FREE = "UPDATE background_task SET locked_by = NULL, locked_at = NULL WHERE id IN ({places})"
PUT_OFF = "UPDATE background_task SET locked_by = NULL, locked_at = NULL, run_at = %s WHERE id IN ({places})"
DROP = "DELETE FROM background_task WHERE locked_by = %s AND id IN ({places})"


# What `last_error` says of a row that was interrupted in all of its attempts but the last. Whatever stopped its
# worker each time may be its own doing, or that of a row that ran beside it: run one at a time, they tell.
LAST_CHANCE = "The worker stopped in the middle of this, in every attempt so far."


class Row(NamedTuple):
    """What a run needs of its queue row. `owner` is the learner it is for, 0 where there is none."""

    id: int
    task_name: str
    task_params: str
    locked_by: str
    last_error: str
    pool: str = BULK
    owner: int = 0

    @property
    def is_risky(self) -> bool:
        return self.last_error == LAST_CHANCE

    def __str__(self) -> str:
        return f"{self.task_name} in row {self.id}"


class Claims:
    """The queue as one worker sees it: the functions it knows and the pools it serves, or a queue if it serves one."""

    def __init__(self, names: Sequence[str], pools: Sequence[Pool], queue: str = "") -> None:
        self._names = list(names)
        self._pools = {pool.name for pool in pools}
        self._queue = queue
        self._seen = dict.fromkeys(self._pools, -1)  # the last owner that `owners` came to
        self._made: dict[Any, tuple[str, list[Any]]] = {}  # statements, with what they are given

    def take(
        self, limits: Mapping[str, int], worker: str, *, risk: bool, owner: int | None = None
    ) -> list[Row]:
        """Lock due rows for `worker`, at most so many of each pool, and return them in order.

        Call it inside a transaction. A worker that was taken for dead gets none. At most one of them is risky, and none
        unless `risk` is taken. With an `owner` they are that learner's only.
        """
        sql, given = self.taking(limits, worker, risk=risk, owner=owner)
        found = sorted(run(sql, given), key=lambda values: (values[-1], values[0]))
        rows = [self.row_of(values) for values in found]
        risky = [row for row in rows if row.is_risky]
        free(risky[1:])
        return [row for row in rows if row not in risky[1:]]

    def taking(
        self, limits: Mapping[str, int], worker: str, *, risk: bool, owner: int | None = None
    ) -> tuple[str, list[Any]]:
        """Return the statement of `take`, whose rows `row_of` reads, and its parameters."""
        now = _adapt(timezone.now())
        parts = [self._select(NEXT, pool, risk, owner) for pool in limits]
        given: list[Any] = [key_of(worker)]
        for (_, filtered), (pool, limit) in zip(parts, limits.items(), strict=True):
            given += [*filtered, now, pool, now, limit]
        return _take(tuple(sql for sql, _ in parts)), [*given, worker, now]

    def row_of(self, values: Sequence[Any]) -> Row:
        """Return the row that TAKE's values describe."""
        *row, queue, owner, _ = values
        return Row._make([*row, self._pool_of(queue), owner])

    def owners(self, pool: str, *, risk: bool) -> dict[int, Any]:
        """Return some owners of due rows of a pool with the place of their first in the order, which can be compared.

        There are at most OWNERS_AT_ONCE; the next call goes on where this one ended.
        """
        sql, given = self._select(OWNERS, pool, risk, indexed="owner")
        start = [self._seen[pool], OWNERS_AT_ONCE]
        found = dict(run(sql, [*start, *given, _adapt(timezone.now())]))
        self._seen[pool] = max(found) if len(found) == OWNERS_AT_ONCE else -1
        return {owner: place for owner, place in found.items() if place is not None}

    def next_due(self, pools: Iterable[str], *, risk: bool) -> datetime | None:
        """Return when the next row of these pools may run, or might have; None when nothing waits."""
        sqls, given = [], list[Any]()
        for pool in pools:
            sql, filtered = self._select(DUE, pool, risk, indexed="due")
            sqls.append(sql)
            given += [*filtered, pool]
        found = run(" UNION ALL ".join(sqls), given)
        return min((_moment(max(filter(None, times))) for times in found), default=None)

    def count_due(self, pool: str, *, at_most: int) -> int:
        """Return how many rows of a pool may run now, counting no further than `at_most`."""
        now = _adapt(timezone.now())
        sql, given = self._select(NEXT.replace("{lock}", ""), pool, risk=True)
        ((count,),) = run(COUNT.format(due=sql), [*given, now, pool, now, at_most])
        return int(count)

    def _select(
        self, sql: str, pool: str, risk: bool, owner: int | None = None, indexed: str = "claim"
    ) -> tuple[str, list[Any]]:
        """Return a statement about the rows of a pool that this worker may run, and the parameters of its filters."""
        key = sql, pool, risk, owner is None, indexed
        if key not in self._made:
            self._made[key] = self._make(*key)
        statement, given = self._made[key]
        return statement, given if owner is None else [*given, owner]

    def _make(
        self, sql: str, pool: str, risk: bool, of_all: bool, indexed: str
    ) -> tuple[str, list[Any]]:
        """Return what `_select` does, but for the owner.

        Without INDEXED BY SQLite goes by the times and sorts everything that is due, until it has counted the table:
        https://sqlite.org/lang_indexedby.html
        """
        filters, given = self._filter(pool)
        if not risk:
            filters, given = f"{filters} AND last_error <> %s", [*given, LAST_CHANCE]
        if not of_all:
            filters, indexed = f"{filters} AND {OWNER} = %s", "owner"
        statement = sql.format(
            claimable=CLAIMABLE,
            kind=_kind(pool),
            filters=filters,
            owner=OWNER,
            order=ORDER[connection.vendor],
            lock=LOCK[connection.vendor],
            indexed=f"INDEXED BY taskqueue_{indexed}" if connection.vendor == "sqlite" else "",
        )
        return statement, given

    def _filter(self, pool: str) -> tuple[str, list[Any]]:
        named, values = self._queues(pool)
        filters = f"{_kind(pool)} AND task_name IN ({places(self._names)})"
        return filters + named, [*self._names, *values]

    def _queues(self, pool: str) -> tuple[str, list[str]]:
        if pool == INTERACTIVE:
            return "", []
        if self._queue or pool != BULK:
            return " AND queue = %s", [pool]
        others = sorted(known_pools() - {INTERACTIVE, BULK})
        if not others:
            return "", []
        return f" AND (queue IS NULL OR queue NOT IN ({places(others)}))", others

    def _pool_of(self, queue: str | None) -> str:
        return queue if queue in self._pools else BULK


@lru_cache(maxsize=64)
def _take(parts: tuple[str, ...]) -> str:
    """Return the statement that takes what these select."""
    due = " UNION ALL ".join(parts)
    return TAKE.format(due=due, owner=OWNER, order=ORDER[connection.vendor], held=held())


def free(rows: Sequence[Row]) -> None:
    """Give rows back as if they had not been taken; in the transaction that took them."""
    if rows:
        run(FREE.format(places=places(rows)), [row.id for row in rows])


def put_off(rows: Sequence[Row], until: datetime) -> None:
    """Give rows back, not to be taken before `until`; in the transaction that took them."""
    if rows:
        put_off = PUT_OFF.format(places=places(rows))
        run(put_off, [_adapt(until), *(row.id for row in rows)])


def drop(rows: Iterable[int], worker: str) -> None:
    """Delete rows that `worker` holds; their work is over."""
    if statement := dropping(rows, worker):
        run(*statement)


def dropping(rows: Iterable[int], worker: str) -> Values | None:
    """Return the statement of `drop`, if there are rows."""
    ids = list(rows)
    return (DROP.format(places=places(ids)), [worker, *ids]) if ids else None


def _kind(pool: str) -> str:
    return f"{URGENT} = {int(pool == INTERACTIVE)}"


def _adapt(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _moment(stored: datetime) -> datetime:
    """Return the time a database gave; SQLite keeps it without a zone."""
    return stored if timezone.is_aware(stored) else timezone.make_aware(stored, connection.timezone)
