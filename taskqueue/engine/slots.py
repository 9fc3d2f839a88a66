"""Where runs happen: a fixed number of threads, or the caller's own."""

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

from django.db import connections
from django.utils import timezone

from taskqueue.engine.functions import run_function
from taskqueue.engine.runs import Run
from taskqueue.outcome import Interrupted, Outcome
from taskqueue.retry import AFTER_OUTAGE
from taskqueue.running import attempt
from taskqueue.telling import Teller, Writer

logger = logging.getLogger(__name__)


class Slots(Protocol):
    """Room for runs. `running` are those without an end that was taken; a run holds its slot until then."""

    width: int
    running: list[Run]

    def start(self, run: Run) -> None: ...

    def take_ended(self) -> list[tuple[Run, Outcome]]: ...

    def close(self) -> None: ...


class InThreads:
    """Slots whose runs end in other threads than the dispatcher's, each of which appends to `_ended`."""

    def __init__(self, width: int, poke: Callable[[], None]) -> None:
        self.width = width
        self.running: list[Run] = []
        self._poke = poke
        self._ended: deque[tuple[Run, Outcome]] = deque()
        self._writer = Writer()

    def take_ended(self) -> list[tuple[Run, Outcome]]:
        """Return the runs that ended since the last call; their slots are free from now on."""
        ended = [self._ended.popleft() for _ in range(len(self._ended))]
        for run, _ in ended:
            self.running.remove(run)
        return ended


class Threads(InThreads):
    """A slot is a daemon thread: a run that hangs must not keep the process from ending."""

    def __init__(self, width: int, poke: Callable[[], None]) -> None:
        super().__init__(width, poke)
        self._waiting: queue.SimpleQueue[Run | None] = queue.SimpleQueue()
        for number in range(width):
            threading.Thread(target=self._work, name=f"slot-{number}", daemon=True).start()

    def start(self, run: Run) -> None:
        self.running.append(run)
        self._waiting.put(run)

    def close(self) -> None:
        """Let the threads end as soon as they have nothing to run."""
        for _ in range(self.width):
            self._waiting.put(None)
        self._writer.end()

    def _work(self) -> None:
        while run := self._waiting.get():
            outcome = execute(run, self._writer)
            connections.close_all()  # sixteen idle slots hold no connection
            self._ended.append((run, outcome))
            self._poke()


class CallingThread:
    """One slot, which is the caller: what it claims inside a transaction no other thread could see."""

    width = 1

    def __init__(self) -> None:
        self.running: list[Run] = []
        self._ended: list[tuple[Run, Outcome]] = []

    def start(self, run: Run) -> None:
        self.running.append(run)
        self._ended.append((run, execute(run, Teller())))

    def take_ended(self) -> list[tuple[Run, Outcome]]:
        ended, self._ended = self._ended, []
        self.running.clear()
        return ended

    def close(self) -> None:
        """Nothing runs when the caller is here."""


def execute(run: Run, teller: Teller) -> Outcome:
    """Do the work of a run and return how it ended; nothing is raised."""
    try:
        if run.task is None:
            return run_function(run)
        return attempt(run.task, run.check, teller)
    except Exception:
        logger.exception("%s is put back: the engine failed around it", run.row)
        return Interrupted(timezone.now() + AFTER_OUTAGE)
