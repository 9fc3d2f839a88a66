"""Celery on Redis: no results, many messages fetched at once, no gossip; in processes unless BENCH_POOL says else."""

import os
import sys
from collections.abc import Sequence

from celery import Celery

from benchmarks import notes

app = Celery("bench", broker=os.environ["BENCH_REDIS"])
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=16)


@app.task
def noted(number: int, seconds: float) -> None:
    notes.work(number, seconds)


class Queue:
    def install(self) -> None:
        """Redis needs nothing."""

    def command(self, slots: int) -> Sequence[str]:
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        worker = [sys.executable, "-m", "celery", "-A", __name__, "worker", *quiet]
        return [
            *worker,
            "--pool",
            os.environ.get("BENCH_POOL", "prefork"),
            "--concurrency",
            str(slots),
        ]

    def enqueue(self, number: int, seconds: float = 0.0) -> None:
        noted.delay(number, seconds)

    def fill(self, numbers: Sequence[int], seconds: float = 0.0) -> None:
        with app.producer_or_acquire() as producer:
            for number in numbers:
                noted.apply_async((number, seconds), producer=producer)

    def is_over(self) -> bool:
        return True

    def clear(self) -> None:
        app.control.purge()

    def tidy(self) -> None:
        """There is nothing to do."""
