"""When a worker ends: asked by a signal, at the end of its time, and not before its runs if that can be helped."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

logger = logging.getLogger(__name__)

# SIGTSTP is the library's own way of asking.
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGTSTP)


class Stop:
    """Whether the worker was asked to stop, and until when its runs may go on."""

    def __init__(self, grace: float, poke: Callable[[], None]) -> None:
        self._grace = grace
        self._poke = poke
        self._until: float | None = None
        self._announced = False

    def request(self, *signal_and_frame: Any) -> None:
        """Ask to stop; asked again, stop at once. Safe in a signal handler."""
        grace = self._grace if self._until is None else 0.0
        self._until = time.monotonic() + grace
        self._poke()

    def announce(self) -> None:
        """Log, once, that the worker was asked to stop; a signal handler must not, as it may interrupt a logger."""
        if self.is_requested and not self._announced:
            self._announced = True
            logger.info("Asked to stop; what runs has %.1f s to end", self.seconds_left)

    @property
    def is_requested(self) -> bool:
        return self._until is not None

    @property
    def seconds_left(self) -> float:
        """The rest of the grace; infinite when nobody has asked to stop."""
        return float("inf") if self._until is None else max(0.0, self._until - time.monotonic())

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Be asked by signals inside the block. Only the main thread can set handlers; in others nothing is set."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.request) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
