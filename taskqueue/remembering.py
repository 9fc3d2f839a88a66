"""Values that many requests ask for and that may be a little old, kept in each process."""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """What `load(key)` gave, for `seconds` unless asked otherwise.

    Threads that ask at once may each load; the last one is kept.
    """

    def __init__(self, seconds: float, load: Callable[[K], V]) -> None:
        self._seconds = seconds
        self._load = load
        self._kept: dict[K, tuple[float, V]] = {}

    def get(self, key: K, seconds: float | None = None) -> V:
        since, value = self._kept.get(key, (0.0, None))
        longest = self._seconds if seconds is None else seconds
        if value is None or time.monotonic() - since >= longest:
            return self.load(key)
        return value

    def load(self, key: K) -> V:
        """Return a value as new as can be."""
        value = self._load(key)
        self._kept[key] = (time.monotonic(), value)
        return value

    def forget(self, key: K | None = None) -> None:
        """Forget one value, or all."""
        if key is None:
            self._kept.clear()
        else:
            self._kept.pop(key, None)
