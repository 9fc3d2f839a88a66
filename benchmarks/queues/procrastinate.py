"""Procrastinate on PostgreSQL: asynchronous tasks, many jobs deferred by one statement."""

import asyncio
import os
import sys
from collections.abc import Sequence
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector

from benchmarks import notes

URL = os.environ["DATABASE_URL"]
AT_ONCE = 5_000
LEFT = "SELECT 1 FROM procrastinate_jobs WHERE status IN ('todo', 'doing') LIMIT 1"

app = App(connector=PsycopgConnector(conninfo=URL))


@app.task
async def noted(number: int, seconds: float) -> None:
    notes.note(number, notes.STARTED)
    if seconds:
        await asyncio.sleep(seconds)
        notes.note(number, notes.ENDED)


class Queue:
    def __init__(self) -> None:
        app.open()
        self._database = psycopg.connect(URL, autocommit=True)

    def install(self) -> None:
        app.schema_manager.apply_schema()

    def command(self, slots: int) -> Sequence[str]:
        worker = [sys.executable, "-m", "procrastinate", f"--app={__name__}.app", "worker"]
        return [*worker, f"--concurrency={slots}"]

    def enqueue(self, number: int, seconds: float = 0.0) -> None:
        noted.defer(number=number, seconds=seconds)

    def fill(self, numbers: Sequence[int], seconds: float = 0.0) -> None:
        for start in range(0, len(numbers), AT_ONCE):
            some = numbers[start : start + AT_ONCE]
            jobs: list[Any] = [{"number": number, "seconds": seconds} for number in some]
            noted.batch_defer(*jobs)

    def is_over(self) -> bool:
        return self._database.execute(LEFT).fetchone() is None

    def clear(self) -> None:
        self._database.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")

    def tidy(self) -> None:
        self._database.execute("VACUUM ANALYZE")
