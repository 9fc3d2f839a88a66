"""Pools: which slots of a worker are for which kind of work, and who may borrow them."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from taskqueue.registry import REGISTRY

INTERACTIVE = "interactive"
BULK = "bulk"
AN_EIGHTH = 8


class InPool(Protocol):
    @property
    def pool(self) -> str: ...


R = TypeVar("R", bound=InPool)


@dataclass(frozen=True)
class Pool:
    """Slots for one kind of work: the rows of the queue of that name.

    `bulk` also serves the rows of queues that are no pool's. What is idle is lent to others, but for `kept` slots:
    half of those for interactive work, rounded up, wait for a learner in conversation, whatever else there is to do.
    """

    name: str
    slots: int

    @property
    def kept(self) -> int:
        return (self.slots + 1) // 2 if self.name == INTERACTIVE else 0


def known_pools() -> set[str]:
    """Return every name that a pool can have: those the registry sends work to."""
    return {INTERACTIVE, BULK, *(spec.pool for spec in REGISTRY.values())}


def pools_for(concurrency: int) -> list[Pool]:
    """Return the pools of a worker that runs `concurrency` tasks of any kind at once.

    An eighth as many slots, at least one, are added and kept for interactive work.
    """
    kept = max(1, concurrency // AN_EIGHTH)
    others = sorted(known_pools() - {INTERACTIVE, BULK})
    spare = concurrency - kept - len(others)
    named = [Pool(name, 1) for name in others]
    return [Pool(INTERACTIVE, 2 * kept), Pool(BULK, max(0, spare)), *named]


def one_slot(queue: str = "") -> list[Pool]:
    """Return the pools of a worker with a single slot, which is nobody's own and lent to whoever is next."""
    return [Pool(name, 0) for name in ([queue] if queue else sorted(known_pools()))]


def read_pools(texts: Sequence[str]) -> list[Pool]:
    """Return the pools that `NAME=N` texts name; ValueError says which one is wrong and what would be right."""
    pools = [_read(text) for text in texts]
    names = [pool.name for pool in pools]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"--pool {name} is given twice.")
    return sorted(pools, key=lambda pool: pool.name != INTERACTIVE)


def _read(text: str) -> Pool:
    name, _, slots = text.partition("=")
    if name not in known_pools():
        known = ", ".join(sorted(known_pools()))
        raise ValueError(f"--pool {text}: there is no pool {name!r}; the pools are {known}.")
    if not (slots.isascii() and slots.isdigit() and int(slots)):
        raise ValueError(f"--pool {text}: write NAME=N with N of at least 1.")
    return Pool(name, int(slots))


class Sharing:
    """How the pools of a worker share its slots, `total` in all; `width` says how many of a pool may run at most."""

    def __init__(
        self, pools: Sequence[Pool], total: int, width: Callable[[str], int] | None = None
    ) -> None:
        self._pools = {pool.name: pool for pool in pools}
        self._total = total
        self._width = width or (lambda pool: total)

    @property
    def names(self) -> set[str]:
        return set(self._pools)

    def limits(self, running: Iterable[InPool]) -> dict[str, int]:
        """Return how many more each pool may run if the others want none, for those that may run any."""
        used = Counter(run.pool for run in running)
        limits = {name: self._limit(name, used) for name in self._pools}
        return {name: limit for name, limit in limits.items() if limit > 0}

    def choose(self, rows: Sequence[R], running: Iterable[InPool]) -> list[R]:
        """Return those of `rows` that may run together: what has slots of its own, then, in order, what can borrow.

        There are no more rows of each pool than `limits` allows; at least one of them is chosen.
        """
        used = Counter(run.pool for run in running)
        own = {row for row in rows if self._enters(row, used, self._pools[row.pool].slots)}
        lent = {row for row in rows if row not in own and self._enters(row, used, self._total)}
        return [row for row in rows if row in own or row in lent]

    def _enters(self, row: InPool, used: Counter[str], at_most: int) -> bool:
        enters = used[row.pool] < at_most and self._limit(row.pool, used) > 0
        used[row.pool] += enters
        return enters

    def _limit(self, name: str, used: Counter[str]) -> int:
        kept = sum(
            max(0, pool.kept - used[pool.name])
            for pool in self._pools.values()
            if pool.name != name
        )
        return min(self._total - used.total() - kept, self._width(name) - used[name])
