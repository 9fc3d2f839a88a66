"""Keeps workers alive, hears where they stand, and strikes as the plan says."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Listener
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from chaos.plan import CALLING, Blow
from chaos.worker import work

WORKERS = 3
PATIENCE = 4.0  # with a boundary that nobody reaches
GOODBYE = 20.0

forkserver = multiprocessing.get_context("forkserver")
forkserver.set_forkserver_preload(["chaos.nursery"])


@dataclass
class Fate:
    """What was done to a process that `began` then, in seconds since 1970, and how it ended."""

    process: ForkServerProcess
    began: float = field(default_factory=time.time)
    killed: float | None = None
    told_to_end: float | None = None
    slept: list[tuple[float, float]] = field(default_factory=list)

    def tell_to_end(self) -> None:
        """Send SIGTERM; told again, it may be on its way since the first time."""
        self.told_to_end = self.told_to_end or time.time()
        _send(self.process, signal.SIGTERM)


class Conductor:
    """Every arrival at a boundary passes through `reached`, one at a time; it touches no database but to crash it."""

    def __init__(self, folder: Path, crash: Callable[[], None], log: Callable[[str], None]) -> None:
        self.fates: list[Fate] = []
        self.missed = 0
        self._folder = folder
        self._crash = crash
        self._log = log
        self._blows: list[Blow] = []
        self._seen = 0
        self._waiting_since = time.monotonic()
        self._one_at_a_time = threading.Lock()
        self._looking = threading.Lock()
        self._listener = Listener(str(folder / "conductor"))
        threading.Thread(target=self._accept, daemon=True).start()

    def play(self, blows: Sequence[Blow]) -> None:
        """Strike these from now on; `is_over` tells when the last one fell."""
        with self._one_at_a_time:
            self._blows = list(blows)
            self._waiting_since = time.monotonic()

    @property
    def is_over(self) -> bool:
        return not self._blows

    def keep_alive(self) -> None:
        """Start workers in place of those that ended."""
        for _ in range(WORKERS - len(self._living())):
            arguments = (self._listener.address, str(self._folder / "workers.log"))
            process = forkserver.Process(target=work, args=arguments)
            fate = Fate(process)
            process.start()
            with self._one_at_a_time:
                self.fates.append(fate)

    def end(self) -> None:
        """Ask all workers to stop, and wait until they have."""
        for fate in self._living():
            fate.tell_to_end()
            _send(fate.process, signal.SIGCONT)
        for fate in self._living():
            fate.process.join(GOODBYE)
            if fate.process.is_alive():
                fate.process.kill()
                fate.process.join()
        self._listener.close()

    def reached(self, pid: int | None, boundary: str) -> None:
        """Hear that a process stands at a boundary, or that somebody does, and strike if it is time."""
        with self._one_at_a_time:
            if not self._blows:
                return
            blow = self._blows[0]
            is_late = time.monotonic() - self._waiting_since > PATIENCE
            self._seen += boundary == blow.boundary
            if not is_late and (boundary != blow.boundary or self._seen < blow.count):
                return
            fate = self._whom(pid, blow)
            if fate is None:
                return
            self.missed += is_late
            self._blows.pop(0)
            self._seen = 0
            self._strike(blow, fate)
            asleep = blow.seconds if blow.kind == "stop" else 0.0
            self._waiting_since = time.monotonic() + asleep

    def _whom(self, pid: int | None, blow: Blow) -> Fate | None:
        awake = [fate for fate in self._living() if not (fate.killed or _sleeps(fate))]
        if pid is not None:
            return next((fate for fate in awake if fate.process.pid == pid), None)
        return awake[blow.whom % len(awake)] if awake else None

    def _strike(self, blow: Blow, fate: Fate) -> None:
        self._log(f"{fate.process.pid}: {blow}")
        match blow.kind:
            case "kill":
                fate.killed = time.time()
                _send(fate.process, signal.SIGKILL)
            case "term":
                fate.tell_to_end()
            case "stop":
                fate.slept.append((time.time(), time.time() + blow.seconds))
                _send(fate.process, signal.SIGSTOP)
                wake = threading.Timer(blow.seconds, _send, [fate.process, signal.SIGCONT])
                wake.daemon = True
                wake.start()
            case "restart":
                self._crash()

    def _living(self) -> list[Fate]:
        """Return those that live. The code of a process is read once: of two threads that look, one would find 255."""
        with self._looking:
            return [fate for fate in self.fates if fate.process.is_alive()]

    def _accept(self) -> None:
        while True:
            try:
                line = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._hear, args=[line], daemon=True).start()

    def _hear(self, line: "Connection[Any, Any]") -> None:
        with suppress(OSError, EOFError), line:
            while True:
                self.reached(*line.recv())
                line.send(None)

    def called(self) -> None:
        """Hear from the provider that somebody waits for its answer."""
        self.reached(None, CALLING)


def _sleeps(fate: Fate) -> bool:
    return any(until > time.time() for _, until in fate.slept)


def _send(process: ForkServerProcess, number: int) -> None:
    assert process.pid is not None
    with suppress(ProcessLookupError):
        os.kill(process.pid, number)
