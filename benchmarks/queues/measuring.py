"""Measuring one queue: `python -m benchmarks.queues.measuring MODULE STEP` prints what it found as JSON.

A process of its own for each queue, so that their settings do not meet. Values are in seconds, tasks a second,
megabytes and parts of a core; one that a queue did not reach in time is missing. The steps are `install`, `turn`, which
is repeated and finds lists of values, and `rest`.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from benchmarks.notes import Note, Notes
from benchmarks.processes import cpu_seconds, kill, megabytes, running, start
from benchmarks.queues.contender import SLOTS, Contender, contender

PATIENCE = 15.0
DEPTHS = (100, 1_000, 10_000, 100_000)
DRAIN = 2_000
WINDOWS = 3
FIRST = 5
ASKED = 300  # SQLite moves its log into the file at one commit in fifty or more, and all of them pay for it
ALL_FOUR = 20_000
LONG = 300.0


class Measuring:
    """The measurements, each on an empty queue with workers of its own."""

    def __init__(self, queue: Contender, notes: Notes, *, quick: bool) -> None:
        self._queue = queue
        self._notes = notes
        self._depths = DEPTHS[::2] if quick else DEPTHS
        self._pickups = 10 if quick else 30
        self._samples: dict[str, list[float]] = {}
        self._figures: dict[str, float] = {}

    def install(self) -> dict[str, list[float]]:
        self._queue.install()
        return {}

    def turn(self) -> dict[str, list[float]]:
        """What is compared with others, and so measured by turns with them."""
        self._measure(self.one_by_one, self.drain)
        return self._samples

    def rest(self) -> dict[str, float]:
        """What is measured once."""
        self._measure(
            self.idle, self.depths, self.fifty, self.four_workers, self.same_host, self.other_host
        )
        return self._figures

    def _measure(self, *measurements: Callable[[], None]) -> None:
        for measure in measurements:
            self._notes.clear()
            began = time.monotonic()
            measure()
            self._queue.clear()
            self._queue.tidy()
            print(f"{measure.__name__}: {time.monotonic() - began:.1f} s", file=sys.stderr)

    def idle(self) -> None:
        """What a worker costs that has nothing to do and has not had anything yet."""
        with running(self._queue.command(SLOTS)) as worker:
            time.sleep(4)
            before = cpu_seconds(worker)
            time.sleep(10)
            self._figures["idle processor"] = (cpu_seconds(worker) - before) / 10
            self._figures["idle memory"] = megabytes(worker)

    def one_by_one(self) -> None:
        """What one who asks waits for, and then the task, while the worker is idle; neither asks for the first time."""
        enqueues = self._samples["enqueue"] = []
        pickups = self._samples["pickup"] = []
        end = time.monotonic() + PATIENCE
        with running(self._queue.command(SLOTS)):
            for number in range(FIRST):
                self._queue.enqueue(number)
            self._wait_for_notes(FIRST, 2 * PATIENCE)
            for number in range(FIRST, FIRST + self._pickups):
                time.sleep(random.uniform(0.03, 0.09))
                asked = time.monotonic()
                self._queue.enqueue(number)
                accepted = time.monotonic()
                if not self._wait_for_notes(number + 1, PATIENCE):
                    break
                enqueues.append(accepted - asked)
                pickups.append(max(0.0, self._notes.all()[number].at - accepted))
                if time.monotonic() > end:
                    break

    def drain(self) -> None:
        """A backlog of DRAIN tasks, from the first one's beginning to the end of the last on record."""
        self._queue.fill(range(DRAIN))
        self._queue.tidy()
        with running(self._queue.command(SLOTS)):
            self._wait_for_notes(1, 2 * PATIENCE)
            whole = self._wait_for_notes(DRAIN, PATIENCE)
            if whole and self._wait_for(self._queue.is_over, PATIENCE):
                rates = [DRAIN / (time.monotonic() - self._notes.all()[0].at)]
            else:
                rates = _rates(self._notes.all())
        self._samples["drain"] = rates

    def depths(self) -> None:
        """How fast it works while at least so many wait, and what asking for one more costs then."""
        for depth in self._depths:
            self._notes.clear()
            self._queue.fill(range(depth + WINDOWS * DRAIN))
            self._queue.tidy()
            enqueues = [self._seconds_to_ask(depth + n) for n in range(ASKED)]
            with running(self._queue.command(SLOTS)):
                self._wait_for_notes(1, 4 * PATIENCE)
                self._wait_for_notes(WINDOWS * DRAIN, PATIENCE)
                found = self._notes.all()[: WINDOWS * DRAIN]
            self._queue.clear()
            windows = [found[n : n + DRAIN] for n in range(0, len(found), DRAIN)]
            if rates := [rate for window in windows for rate in _rates(window)]:
                rate = statistics.median(rates)
                self._figures[f"drain at {depth}"] = rate
                self._figures[f"enqueue at {depth}"] = statistics.median(enqueues)
                self._figures[f"life at {depth}"] = statistics.mean(enqueues) + 1 / rate

    def fifty(self) -> None:
        """Fifty tasks of one second in one worker of as many slots, from the last one's asking."""
        with running(self._queue.command(50)):
            self._warm_up(50)
            self._queue.fill(range(50), 1.0)
            asked = time.monotonic()
            if self._wait_for_notes(150, 4 * PATIENCE):  # each of the fifty leaves two
                self._wait_for(self._queue.is_over, PATIENCE)
                self._figures["fifty of a second"] = time.monotonic() - asked

    def four_workers(self) -> None:
        """Four workers on one backlog, from when all of them are at work."""
        self._queue.fill(range(ALL_FOUR))
        self._queue.tidy()
        with ExitStack() as stack:
            for _ in range(4):
                stack.enter_context(running(self._queue.command(SLOTS)))
            self._wait_for_notes(ALL_FOUR, 2 * PATIENCE)
        notes = self._notes.all()
        first: dict[int, int] = {}
        for place, note in enumerate(notes):
            first.setdefault(note.pid, place)
        together = notes[max(first.values(), default=0) :]
        if len(first) == 4 and len(together) > 100:
            self._figures["four workers"] = _rates(together)[0]
        self._figures["run twice"] = len(notes) - len({note.number for note in notes})

    def same_host(self) -> None:
        """From a `kill -9` of a worker to the rerun of its four tasks by another worker of the host."""
        self._recover("recovery, same host", PATIENCE, lambda: None)

    def other_host(self) -> None:
        """The same where the dead worker's process cannot be seen; known to our queue only."""
        if hasattr(self._queue, "move_workers"):
            self._recover("recovery, other host", 2 * PATIENCE, self._queue.move_workers)

    def _recover(self, name: str, patience: float, hide: Callable[[], None]) -> None:
        victim = start(self._queue.command(SLOTS))
        try:
            self._warm_up(1)
            self._queue.fill(range(4), LONG)
            if not self._wait_for_notes(5, PATIENCE):
                return
            hide()
            with running(self._queue.command(SLOTS)):
                time.sleep(5)
                kill(victim)
                killed = time.monotonic()
                if self._wait_for_notes(9, patience):
                    self._figures[name] = self._notes.all()[-1].at - killed
        finally:
            kill(victim)

    def _warm_up(self, tasks: int) -> None:
        """Let a worker come up and run so many tasks."""
        self._queue.fill(range(tasks))
        self._wait_for_notes(tasks, 2 * PATIENCE)
        self._wait_for(self._queue.is_over, PATIENCE)

    def _seconds_to_ask(self, number: int) -> float:
        asked = time.monotonic()
        self._queue.enqueue(number)
        return time.monotonic() - asked

    def _wait_for(self, holds: Callable[[], bool], patience: float) -> bool:
        return self._notes.wait_for(holds, patience)

    def _wait_for_notes(self, count: int, patience: float) -> bool:
        return self._wait_for(lambda: self._notes.count() >= count, patience)


def _rates(notes: Sequence[Note]) -> list[float]:
    """Return the tasks a second between the first and the last of these beginnings, if there are two."""
    return [(len(notes) - 1) / (notes[-1].at - notes[0].at)] if len(notes) > 1 else []


if __name__ == "__main__":
    module, step, *options = sys.argv[1:]
    measuring = Measuring(contender(module), Notes(), quick="--quick" in options)
    print(json.dumps(getattr(measuring, step)()))
