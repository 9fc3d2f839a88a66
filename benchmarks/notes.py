"""What benchmarked tasks leave behind, whichever queue runs them: one short record each, appended to one file.

That costs a few microseconds, the same for all queues, and asks nothing of the queue under test. Times are those of
the machine's monotonic clock, which its processes share.
"""

import os
import struct
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

FORMAT = struct.Struct("<IBId")
STARTED, ENDED = 1, 2


class Note(NamedTuple):
    number: int
    kind: int
    pid: int
    at: float


def work(number: int, seconds: float = 0.0) -> None:
    """Be the task `number`: note that it began, take so long, and note that it ended unless it took no time."""
    note(number, STARTED)
    if seconds:
        time.sleep(seconds)
        note(number, ENDED)


def note(number: int, kind: int) -> None:
    os.write(_file(), FORMAT.pack(number, kind, os.getpid(), time.monotonic()))


@cache
def _file() -> int:
    return os.open(os.environ["BENCH_NOTES"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)


class Notes:
    """The file as the benchmark reads it."""

    def __init__(self) -> None:
        self._path = Path(os.environ["BENCH_NOTES"])
        self.clear()

    def clear(self) -> None:
        """Forget all notes; no worker may be running."""
        self._path.write_bytes(b"")

    def count(self) -> int:
        return self._path.stat().st_size // FORMAT.size

    def all(self) -> list[Note]:
        whole = self.count() * FORMAT.size
        return [Note(*found) for found in FORMAT.iter_unpack(self._path.read_bytes()[:whole])]

    def wait_for(self, holds: Callable[[], bool], patience: float) -> bool:
        """Wait until something is true; False when it is not so in time."""
        end = time.monotonic() + patience
        while not holds():
            if time.monotonic() > end:
                return False
            time.sleep(0.001)
        return True
