"""django-background-tasks as it comes, on a database of its own with its own indexes."""

import sys
from collections.abc import Sequence

from background_task.models import CompletedTask, Task
from django.core.management import call_command
from django.db import connection

from benchmarks.queues import ours
from benchmarks.queues.contender import SLOTS
from benchmarks.tasks import noted


class Queue:
    tidy = ours.Queue.tidy

    def install(self) -> None:
        call_command("migrate", "background_task", verbosity=0)

    def command(self, slots: int) -> Sequence[str]:
        """Its default is one task at a time; what asks for more slots than usual gets its thread mode."""
        threads = [] if slots == SLOTS else ["env", f"BENCH_LIBRARY_THREADS={slots}"]
        return [*threads, sys.executable, "-m", "benchmarks.library_worker"]

    def enqueue(self, number: int, seconds: float = 0.0) -> None:
        noted(number, seconds)

    def fill(self, numbers: Sequence[int], seconds: float = 0.0) -> None:
        rows = (Task.objects.new_task(noted.name, (number, seconds), {}) for number in numbers)
        Task.objects.bulk_create(rows, batch_size=ours.AT_ONCE)

    def is_over(self) -> bool:
        return not Task.objects.exists()

    def clear(self) -> None:
        for model in (Task, CompletedTask):
            model.objects.all()._raw_delete(connection.alias)
