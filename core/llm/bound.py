"""How long one call may take, and what may end it before."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from core.llm.errors import ModelTimeout


class CallBound:
    """A deadline for a whole call, from the first byte sent to the last one read, and a way to be interrupted.

    `check` raises when the task behind the call was cancelled or lost.
    """

    def __init__(self, seconds: float, check: Callable[[], None] | None = None) -> None:
        self._end = time.monotonic() + seconds
        self._check = check

    def remaining(self) -> float:
        """Return the seconds left; ModelTimeout when there are none, or whatever interrupts the call."""
        if self._check is not None:
            self._check()
        left = self._end - time.monotonic()
        if left <= 0:
            raise ModelTimeout
        return left


current_bound: ContextVar[CallBound | None] = ContextVar("current_bound", default=None)


@contextmanager
def bounded(bound: CallBound) -> Iterator[CallBound]:
    """Put every read of the network inside the block under `bound`."""
    token = current_bound.set(bound)
    try:
        yield bound
    finally:
        current_bound.reset(token)
