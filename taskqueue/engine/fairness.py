"""Fair shares: no learner has two slots more of a pool than another whose work waits.

This is max-min fairness (Bertsekas and Gallager, "Data Networks", 1992, section 6.5.2): a learner alone may have every
slot. Each worker keeps it for its own slots, which adds up to the same for all. The learner is in the row's `creator`,
the library's own field, so that whoever writes a row names its owner in the library's way; rows without one share as
one more learner does.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from taskqueue.engine.claiming import Claims, Row, free
from taskqueue.engine.runs import Run


def share_fairly(
    rows: Sequence[Row], running: Sequence[Run], claims: Claims, more: Collection[str]
) -> list[Row]:
    """Return `rows`, which were just claimed in order, with some exchanged for rows of learners who have less.

    `more` are the pools in which other rows may wait. Nothing is asked of the database unless somebody has two slots
    of such a pool, and the cost does not grow with what waits.
    """
    held = Counter((run.pool, run.row.owner) for run in running)
    held.update((row.pool, row.owner) for row in rows)
    crowded = {row.pool for row in rows if row.pool in more and held[row.pool, row.owner] > 1}
    kept = list(rows)
    for pool in crowded:
        of_pool = [row for row in kept if row.pool == pool]
        shares = Counter({owner: count for (name, owner), count in held.items() if name == pool})
        waiting = claims.owners(pool, risk=_may_take_risk(kept, running))
        surplus, wanted = _exchange(of_pool, shares, waiting)
        free(surplus)
        kept = [row for row in kept if row not in surplus]
        for owner, count in wanted.items():
            risk = _may_take_risk(kept, running)
            kept += claims.take({pool: count}, rows[0].locked_by, risk=risk, owner=owner)
    return kept


def _exchange(
    rows: Sequence[Row], held: Counter[int], waiting: dict[int, Any]
) -> tuple[list[Row], Counter[int]]:
    """Return the rows to give back, the last first, and how many to take of whom instead."""
    left, surplus, wanted = list(rows), [], Counter[int]()
    while left and waiting:
        richest = max(left, key=lambda row: held[row.owner]).owner
        poorest = min(waiting, key=lambda owner: (held[owner], waiting[owner]))
        if held[richest] - held[poorest] < 2:
            break
        last = next(row for row in reversed(left) if row.owner == richest)
        left.remove(last)
        surplus.append(last)
        wanted[poorest] += 1
        held.update({richest: -1, poorest: 1})
    return surplus, wanted


def _may_take_risk(rows: Iterable[Row], running: Iterable[Run]) -> bool:
    return not any(row.is_risky for row in [*rows, *(run.row for run in running)])
