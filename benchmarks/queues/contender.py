"""What the benchmarks ask of a queue. Each runs `notes.work(number, seconds)` and has the same few verbs."""

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

import django

SLOTS = 16


class Contender(Protocol):
    """A queue under test, in the process that asks for work; its address is in this process' environment."""

    def install(self) -> None:
        """Make its tables and whatever else it needs, once."""

    def command(self, slots: int) -> Sequence[str]:
        """Return the command of a worker that runs so many tasks at once, in the queue's fast configuration."""

    def enqueue(self, number: int, seconds: float = 0.0) -> None:
        """Ask for one task, for good when this returns."""

    def fill(self, numbers: Sequence[int], seconds: float = 0.0) -> None:
        """Ask for many tasks, in one transaction if the queue can."""

    def is_over(self) -> bool:
        """Whether the ends of all tasks that noted their work are on record; asked after the last one did."""

    def clear(self) -> None:
        """Remove all tasks; no worker is running."""

    def tidy(self) -> None:
        """Do now what the server does by itself within a minute: forget what was deleted, count what there is."""


def contender(module: str) -> Contender:
    """Return the queue of a module of this package; some of them are written on Django."""
    django.setup()
    queue: Contender = import_module(f"benchmarks.queues.{module}").Queue()
    return queue
