"""Celery's threads and processes as the slots of our engine."""

import queue
import threading
from collections.abc import Callable, Iterable, Sequence

from taskqueue.engine.runs import Run
from taskqueue.engine.slots import InThreads, execute
from taskqueue.engine.wakeup import Wakeup
from taskqueue.pools import InPool, Pool, R, Sharing


class Lent(InThreads):
    """Slots that Celery lends: one for each of its tasks that is here (`serve`), `width` at most.

    The dispatcher claims for those that wait, and lets them go when it found nothing for them.
    """

    def __init__(self, width: int, poke: Callable[[], None]) -> None:
        super().__init__(width, poke)
        self._lock = threading.Lock()
        self._waiting: list[queue.SimpleQueue[Run | None]] = []
        self._seen: list[queue.SimpleQueue[Run | None]] = []
        self._is_open = True

    def serve(self) -> None:
        """Run what is due, in the calling thread, until nothing is."""
        while run := self._next():
            self._ended.append((run, execute(run, self._writer)))

    def _next(self) -> Run | None:
        mine: queue.SimpleQueue[Run | None] = queue.SimpleQueue()
        with self._lock:
            if not self._is_open:
                return None
            self._waiting.append(mine)
            self._poke()
        return mine.get()

    def idle(self) -> int:
        """Return how many wait; those are let go at the next `dismiss` that finds them waiting still."""
        with self._lock:
            self._seen = list(self._waiting)
            return len(self._seen)

    def start(self, run: Run) -> None:
        self.running.append(run)
        with self._lock:
            slot = self._waiting.pop(0)
        slot.put(run)

    def dismiss(self) -> None:
        """Let those go for which there is nothing to do."""
        with self._lock:
            for slot in self._seen:
                if slot in self._waiting:
                    self._waiting.remove(slot)
                    slot.put(None)
            self._seen = []

    def close(self) -> None:
        """Let all go that wait or come."""
        with self._lock:
            self._is_open = False
            for slot in self._waiting:
                slot.put(None)
            self._waiting = []
        self._writer.end()


class SharingLent(Sharing):
    """Sharing of no more slots than wait; `room` is what there would be if all of Celery's came."""

    def __init__(
        self, slots: Lent, pools: Sequence[Pool], total: int, width: Callable[[str], int]
    ) -> None:
        super().__init__(pools, total, width)
        self._slots = slots

    def limits(self, running: Iterable[InPool]) -> dict[str, int]:
        idle = self._slots.idle()
        return {pool: min(idle, n) for pool, n in self.room(running).items() if idle}

    def room(self, running: Iterable[InPool]) -> dict[str, int]:
        return super().limits(running)

    def choose(self, rows: Sequence[R], running: Iterable[InPool]) -> list[R]:
        return super().choose(rows, running)[: self._slots.idle()]


class Dismissing:
    """A wakeup that lets waiting slots go before the dispatcher sleeps."""

    def __init__(self, wakeup: Wakeup, slots: Lent) -> None:
        self._wakeup = wakeup
        self._slots = slots

    def wait(self, seconds: float) -> bool:
        self._slots.dismiss()
        return self._wakeup.wait(seconds)

    def close(self) -> None:
        self._wakeup.close()
