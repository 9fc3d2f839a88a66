"""How many runs of each pool may be under way at once: as many as the provider bears."""

import threading
import time
from collections.abc import Callable, Mapping

QUIET = 10.0


class Widths:
    """Additive increase, multiplicative decrease, as TCP shares a network nobody knows the width of (Chiu and Jain,
    1989; RFC 5681): halved when the provider is congested, one more after each ten seconds without that.

    Every worker keeps its own from what its own runs meet, as every connection does. `most` has what each pool may
    run when all is well.
    """

    def __init__(
        self, most: Mapping[str, int], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = dict(most)
        self._clock = clock
        self._widths = dict(most)
        self._fallen = dict.fromkeys(most, float("-inf"))
        self._changed = dict.fromkeys(most, clock())
        self._lock = threading.Lock()

    def now(self, pool: str) -> int:
        """Return the width of a pool, grown by what has been quiet."""
        with self._lock:
            return self._grown(pool)

    def all(self) -> dict[str, int]:
        return {pool: self.now(pool) for pool in self._most}

    def fall(self, pool: str, sent: float, pause: float = 0.0) -> bool:
        """Halve a pool's width, if what was sent at `sent` is news; quiet begins after `pause` seconds.

        What was sent before the last fall met the same congestion that it answered.
        """
        with self._lock:
            if pool not in self._most or sent <= self._fallen[pool]:
                return False
            self._widths[pool] = max(1, self._grown(pool) // 2)
            self._fallen[pool] = self._clock()
            self._changed[pool] = self._fallen[pool] + pause
            return True

    def seconds_to_growth(self) -> float:
        """Return the seconds until a pool may run one more; infinite when all have their full width."""
        now = self._clock()
        narrow = [pool for pool, width in self.all().items() if width < self._most[pool]]
        return min((self._changed[pool] + QUIET - now for pool in narrow), default=float("inf"))

    def _grown(self, pool: str) -> int:
        steps = max(0, int((self._clock() - self._changed[pool]) // QUIET))
        self._widths[pool] = min(self._most[pool], self._widths[pool] + steps)
        self._changed[pool] += steps * QUIET
        return self._widths[pool]
