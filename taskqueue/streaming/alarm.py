"""How the hub learns that something was told: PostgreSQL says of which task, SQLite that it may be worth a look."""

import uuid
from typing import Protocol

from django.db import connection

from taskqueue.engine.wakeup import Bell, Listening, Looking
from taskqueue.streaming.news import last_row, tasks_after

CHANNEL = "taskqueue_events"
LOOK_EVERY = 0.02


class Alarm(Protocol):
    def wait(self, seconds: float) -> set[uuid.UUID]:
        """Sleep at most `seconds` or until the bell rings, and return the tasks that were told of meanwhile."""

    def close(self) -> None:
        """Let go of what it holds besides the thread's connection, which may be broken."""


def alarm_for(bell: Bell) -> Alarm:
    """Return what suits the database. Whoever makes one looks at everything once: earlier news made no sound."""
    return Notified(bell) if connection.vendor == "postgresql" else Looked(bell)


class Notified:
    def __init__(self, bell: Bell) -> None:
        self._tasks: set[uuid.UUID] = set()
        self._listening = Listening(bell, CHANNEL, lambda task: self._tasks.add(uuid.UUID(task)))
        self._listening.wait(0)

    def wait(self, seconds: float) -> set[uuid.UUID]:
        self._listening.wait(seconds)
        heard, self._tasks = self._tasks, set()
        return heard

    def close(self) -> None:
        """There is nothing else."""


class Looked:
    """SQLite has one writer at a time, so the order of rows is the order of commits."""

    def __init__(self, bell: Bell) -> None:
        self._looking = Looking(bell, LOOK_EVERY)
        self._last = last_row()

    def wait(self, seconds: float) -> set[uuid.UUID]:
        self._looking.wait(seconds)
        tasks, self._last = tasks_after(self._last)
        return tasks

    def close(self) -> None:
        self._looking.close()
