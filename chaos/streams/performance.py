"""Streamed turns while the web process, workers and connections are struck; then the count."""

import argparse
import logging
import threading
import time
from collections import Counter
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from chaos.book import open_book, read_book
from chaos.conductor import Conductor
from chaos.installation import tell_of_model
from chaos.places import Place
from chaos.plan import Blow
from chaos.streams.plan import Strike, plan
from chaos.streams.readers import Learner, Open, study_all
from chaos.streams.tutor import TOKENS, Tutor
from chaos.streams.verdict import violations
from taskqueue.models import AITask
from tests.taskqueue.engine.web import Web

LEARNERS = 10
LOOK = 0.02
QUIET_WITHIN = 60.0


class Performance:
    """One call of the command, on an empty database."""

    def __init__(self, given: argparse.Namespace, place: Place, folder: Path) -> None:
        logging.getLogger("axes").setLevel(logging.WARNING)
        call_command("migrate", verbosity=0)
        open_book()
        self._plan = plan(given.seed, given.turns, TOKENS)
        self._learners = [
            Learner(f"learner {n}", turns) for n, turns in enumerate(_shares(given.turns))
        ]
        self._struck: Counter[str] = Counter()
        self._opened = Open()
        self._over = threading.Event()
        self._conductor = Conductor(folder, place.restart, lambda line: None)
        self._tutor = Tutor(given.seed, self._conductor.called)
        tell_of_model(self._tutor)
        self._web = Web(place.url)

    def run(self) -> int:
        """Return 0 if nothing was lost, else 1."""
        with self._tutor:
            striking = threading.Thread(target=self._strike_all)
            try:
                self._conductor.keep_alive()
                striking.start()
                study_all(self._learners, self._web, self._opened)()
                self._settle()
            finally:
                self._over.set()
                striking.join()
                self._conductor.end()
                self._web.end()
        return self._report()

    def _strike_all(self) -> None:
        """Carry out the plan, the tokens of the model being the clock; keep workers alive meanwhile."""
        strikes, due = list(self._plan), self._plan[0].tokens
        while not self._over.wait(LOOK):
            self._conductor.keep_alive()
            if strikes and self._tutor.tokens >= due and self._strike(strikes[0]):
                self._struck[strikes.pop(0).target] += 1
                due = self._tutor.tokens + (strikes[0].tokens if strikes else 0)

    def _strike(self, strike: Strike) -> bool:
        """Strike; False when it has to be tried again later."""
        match strike.target:
            case "reader":
                return self._opened.cut(strike.whom)
            case "web":
                self._web.restart()
            case "worker":
                if not self._conductor.is_over:
                    return False
                self._conductor.play([Blow("kill", strike.boundary, 1, 0.0, strike.whom)])
        return True

    def _settle(self) -> None:
        """Wait for turns whose readers have given up, so that they are counted for what they are."""
        until = time.monotonic() + QUIET_WITHIN
        while AITask.objects.active().exists() and time.monotonic() < until:
            time.sleep(LOOK)

    def _report(self) -> int:
        turns = [turn for learner in self._learners for turn in learner.turns]
        broken = violations(turns, read_book(), self._tutor.asked)
        killed = sum(fate.killed is not None for fate in self._conductor.fates)
        print(f"{'turns':<44} {len(turns)}")
        for name, count in broken.items():
            print(f"{name:<44} {count}")
        print(
            f"On {connection.vendor}: {self._struck['web']} web processes and {killed} workers killed,"
            f" {self._struck['reader']} connections cut, {sum(self._struck.values())} of {len(self._plan)} strikes;"
            f" readers came back {sum(turn.cuts for turn in turns)} times,"
            f" and {sum(turn.joined_late for turn in turns)} came only when all was over."
        )
        return 1 if any(broken.values()) else 0


def _shares(turns: int) -> list[int]:
    people = min(LEARNERS, turns)
    return [turns // people + (n < turns % people) for n in range(people)]
