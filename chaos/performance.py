"""Rounds of blows while learners go on working, then quiet, then the count."""

import argparse
import os
import shutil
import time
from collections import Counter
from pathlib import Path
from uuid import UUID

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from chaos.book import open_book, read_book
from chaos.conductor import Conductor
from chaos.learners import active_tasks, invite
from chaos.places import Place
from chaos.plan import plan
from chaos.provider import Provider
from chaos.verdict import buried_alive, events_amiss, fallen, recoveries, violations
from core.models import LLMCall
from taskqueue.models import AITask

LOOK = 0.02
QUIET_WITHIN = 90.0
KEPT = Path("var/chaos")


class Performance:
    """One call of the command, on an empty database."""

    def __init__(self, given: argparse.Namespace, place: Place, folder: Path, lease: float) -> None:
        self._given = given
        self._place = place
        self._lease = lease
        self._log = folder / "workers.log"
        self._amiss: set[UUID] = set()
        call_command("migrate", verbosity=0)
        open_book()
        self._learners = invite(given.seed)
        self._conductor = Conductor(folder, place.restart, self._say)
        self._provider = Provider(given.seed, self._conductor.called)
        os.environ["LLM_BASE_URL"] = (
            self._provider.address
        )  # read by the workers, which start later

    def run(self) -> int:
        """Return 0 if nothing was lost, else 1."""
        with self._provider:
            for number in range(1, self._given.rounds + 1):
                self._round(number)
            self._conductor.end()
        return self._report()

    def _round(self, number: int) -> None:
        started, since = time.monotonic(), timezone.now()
        given, can_restart = self._given, self._place.can_restart
        blows = plan(given.seed, number, given.kills, lease=self._lease, restarts=can_restart)
        self._conductor.play(blows)
        while not self._conductor.is_over:
            self._keep_going(at_work=True)
        quiet_until = time.monotonic() + QUIET_WITHIN
        while self._keep_going(at_work=False) and time.monotonic() < quiet_until:
            pass
        self._amiss |= events_amiss(since)
        seconds = time.monotonic() - started
        kinds = Counter(blow.kind for blow in blows)
        said = ", ".join(f"{n} × {kind}" for kind, n in sorted(kinds.items()))
        print(f"Round {number}: {said} in {seconds:.0f} s", flush=True)

    def _keep_going(self, *, at_work: bool) -> bool:
        """See that there are workers, and work for them; False when nothing is under way any more."""
        self._conductor.keep_alive()
        active = active_tasks()
        if active is not None:
            for learner in self._learners:
                learner.go_on(active, wishes=at_work)
        time.sleep(LOOK)
        return active is None or bool(active)

    def _report(self) -> int:
        book, fates = read_book(), self._conductor.fates
        for pid, beaten, at in buried_alive(book, fates, self._lease):
            self._say(f"{pid}: buried alive at {at:.3f}, having beaten at {beaten:.3f}")
        for fate in fallen(book, fates):
            self._say(f"{fate.process.pid}: fell with code {fate.process.exitcode}: {fate}")
        broken = violations(book, fates, self._provider.asked, self._lease, self._amiss)
        print(f"{AITask.objects.count()} tasks, {len(self._provider.asked)} model calls, ", end="")
        print(f"{LLMCall.objects.filter(replays__gt=0).count()} of them replayed, ", end="")
        print(f"{len(fates)} worker processes on {connection.vendor}")
        for name, count in broken.items():
            print(f"{name:<40} {count}")
        names = ("slowest recovery", "slowest recovery while others slept")
        for name, seconds in zip(names, recoveries(book, fates), strict=True):
            print(f"{name:<40} {max(seconds, default=0.0):.2f} s of {len(seconds)}")
        KEPT.mkdir(parents=True, exist_ok=True)
        print(f"What the workers said: {shutil.copy(self._log, KEPT)}")
        return 1 if any(broken.values()) else 0

    def _say(self, text: str) -> None:
        with self._log.open("a") as log:
            log.write(f"--- {time.time():.3f} {text}\n")
