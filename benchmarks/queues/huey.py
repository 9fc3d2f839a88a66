"""Huey on SQLite: threads, no stored results, and as it comes an fsync for each commit.

Ours has one for each checkpoint: a power cut takes the last moment from it, never the whole. Without any, as
BENCH_FSYNC=never has it, a power cut may damage the file (https://sqlite.org/pragma.html#pragma_synchronous).
"""

import os
import sys
from collections.abc import Sequence

from huey import SqliteHuey

from benchmarks import notes

FSYNC = False if os.environ.get("BENCH_FSYNC") == "never" else None

app = SqliteHuey(filename=os.environ["BENCH_FILE"], results=False, fsync=FSYNC)


@app.task()
def noted(number: int, seconds: float) -> None:
    notes.work(number, seconds)


class Queue:
    def install(self) -> None:
        """Its tables were made with the app."""

    def command(self, slots: int) -> Sequence[str]:
        consumer = [sys.executable, "-m", "huey.bin.huey_consumer", f"{__name__}.app"]
        return [*consumer, "--workers", str(slots), "--worker-type", "thread", "--quiet"]

    def enqueue(self, number: int, seconds: float = 0.0) -> None:
        noted(number, seconds)

    def fill(self, numbers: Sequence[int], seconds: float = 0.0) -> None:
        for number in numbers:
            noted(number, seconds)

    def is_over(self) -> bool:
        return app.pending_count() == 0

    def clear(self) -> None:
        app.flush()

    def tidy(self) -> None:
        """There is nothing to do."""
