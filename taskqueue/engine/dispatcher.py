"""The one thread of a worker that touches the queue on the hot path."""

import logging
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from background_task.models import Task
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from core.outage import AGAIN, is_outage, wait_out
from taskqueue.engine.beginning import begin
from taskqueue.engine.claiming import Claims, Row, free
from taskqueue.engine.fairness import share_fairly
from taskqueue.engine.grabbing import grab
from taskqueue.engine.lease import Lease
from taskqueue.engine.release import release
from taskqueue.engine.runs import Run
from taskqueue.engine.settling import Ended, settle, settle_one_by_one
from taskqueue.engine.shutdown import Stop
from taskqueue.engine.slots import Slots
from taskqueue.engine.wakeup import Wakeup
from taskqueue.engine.widths import Widths
from taskqueue.errors import LeaseLost
from taskqueue.outcome import Again, Failed
from taskqueue.pools import Sharing

logger = logging.getLogger(__name__)

A_HANDSHAKE = 0.00005  # in which slots wake up, that would else wait for this thread to sleep
THICK_AND_FAST = 0.00015
BREATHER = timedelta(milliseconds=2)
CROWDED = 0.02
UNWELL = 1.0


@dataclass
class Dispatcher:
    """Settles what ended and claims what fits, both in one transaction a turn, and sleeps in between.

    Nothing is claimed ahead: every claimed row has a free slot. `sleep` is the longest sleep without a look at the
    queue, for changes that wake nobody.
    """

    lease: Lease
    claims: Claims
    sharing: Sharing
    widths: Widths
    slots: Slots
    wakeup: Wakeup
    stop: Stop
    sleep: float
    drain: bool

    def __post_init__(self) -> None:
        self._ended: list[Ended] = []
        self._hungry: set[str] = set()  # pools whose claims need no look before them
        self._next_due: datetime | None = None
        self._has_asked = False  # whether the last thing asked of the queue was a claim
        self._unsure = False  # whether rows may carry our name that we know nothing of

    def run(self) -> None:
        """Work until asked to stop and nothing runs, or the grace is over; in a drain, until nothing is due."""
        while self.stop.seconds_left:
            self.stop.announce()
            try:
                if self._turn():
                    continue
                if self._is_over():
                    return
                self._rest()
            except LeaseLost:
                self.wakeup.wait(UNWELL)  # the keeper takes out a new lease
            except DatabaseError as error:
                self._wait_out(error)

    def hand_back(self) -> None:
        """Put back what is still claimed, as if it had never begun."""
        self._ended += self.slots.take_ended()
        runs = list(self.slots.running)
        for run in runs:
            run.lost = True
        settle_one_by_one(self._ended, self.lease.name)
        with transaction.atomic():
            rows = release(Task.objects.filter(locked_by=self.lease.name), counted=False)
        for run in runs:
            run.given_back = True
        if rows:
            logger.warning("%s unfinished tasks were handed back", rows)

    def _turn(self) -> bool:
        """Settle and claim once; False when there is nothing to do now."""
        self._collect()
        limits = self._limits()
        sure = not self._hungry.isdisjoint(limits)
        if not self._ended and not (limits and (sure or self._is_something_due(limits))):
            return False
        settled = len(self._ended)
        runs = self._grab(limits) or self._settle_and_claim(limits)
        for run in runs:
            self.slots.start(run)
        if runs:
            time.sleep(A_HANDSHAKE)
        if not (runs or settled or sure):
            self.wakeup.wait(CROWDED)  # others are about to commit that they have what is due
        return True

    def _collect(self) -> None:
        """Take what ended; while there is more to do than slots, wait for ends that come thick and fast.

        A transaction costs much the same for one task as for all slots, and the first end wakes us.
        """
        new = self.slots.take_ended()
        while new:
            self._ended += new
            self._narrow(new)
            if not (self._hungry and self.slots.running):
                return
            time.sleep(THICK_AND_FAST)
            new = self.slots.take_ended()

    def _narrow(self, ended: Sequence[Ended]) -> None:
        """Make a pool narrower whose provider had no room."""
        for run, end in ended:
            if isinstance(end, Again | Failed) and end.jam:
                until = end.jam.until
                pause = (until - timezone.now()).total_seconds() if until else 0.0
                if self.widths.fall(run.pool, run.started, max(0.0, pause)):
                    width = self.widths.now(run.pool)
                    logger.warning("The provider is busy: %s runs %s at once", run.pool, width)

    def _limits(self) -> dict[str, int]:
        """Return the pools that may claim now, and how much."""
        if self.stop.is_requested or not self.lease.is_held:
            return {}
        return self.sharing.limits(self.slots.running)

    def _takes_risk(self) -> bool:
        return not any(run.row.is_risky for run in self.slots.running)

    def _is_something_due(self, pools: Iterable[str]) -> bool:
        """Look; but right after a claim let what it has started begin, for it may end before a look is worth while."""
        if self._has_asked and self.slots.running:
            self._has_asked, self._next_due = False, timezone.now() + BREATHER
            return False
        self._next_due = self.claims.next_due(pools, risk=self._takes_risk())
        return self._next_due is not None and self._next_due <= timezone.now()

    def _grab(self, limits: Mapping[str, int]) -> Sequence[Run]:
        """Begin what woke a worker that has nothing else to do; the usual turn sees to whatever else is there."""
        is_idle = not (self._ended or self._unsure or self.slots.running)
        has_room = min(limits.values(), default=0) >= len(limits)  # for one of each pool
        if not (is_idle and has_room and connection.vendor == "postgresql"):
            return []
        runs, rows = grab(limits, self.claims, self.lease)
        if rows:
            with transaction.atomic():
                self.lease.hold()
                runs += begin(rows, self.lease)
        self._has_asked = bool(runs)
        return runs

    def _settle_and_claim(self, limits: Mapping[str, int]) -> Sequence[Run]:
        try:
            with transaction.atomic():
                if self._ended or self._unsure:
                    self.lease.hold()  # a claim alone does that itself
                self._release_unknown()
                told = settle(self._ended, self.lease.name)
                rows = self._claim(limits) if limits else []
                runs = begin(rows, self.lease, told)
        except Exception as error:
            if isinstance(error, LeaseLost) or is_outage(error) or not self._ended:
                raise
            logger.exception("Ends that cannot be written together are written one by one")
            settle_one_by_one(self._ended, self.lease.name)
            rows, runs = [], []
        if self._unsure:
            logger.warning("The database is back")
        self._ended, self._unsure = [], False
        return runs

    def _claim(self, limits: Mapping[str, int]) -> list[Row]:
        rows = self.claims.take(limits, self.lease.name, risk=self._takes_risk())
        self._has_asked = True
        found = Counter(row.pool for row in rows)
        self._hungry -= {pool for pool, limit in limits.items() if found[pool] < limit}
        self._hungry |= {pool for pool, limit in limits.items() if found[pool] == limit}
        chosen = self.sharing.choose(rows, self.slots.running)
        free([row for row in rows if row not in chosen])
        return share_fairly(chosen, self.slots.running, self.claims, self._hungry)

    def _release_unknown(self) -> None:
        """Put back rows whose claim was committed although the connection broke before we heard of it."""
        if self._unsure:
            known = [run.row.id for run in self.slots.running]
            known += [run.row.id for run, _ in self._ended]
            mine = Task.objects.filter(locked_by=self.lease.name)
            release(mine.exclude(pk__in=known), counted=False)

    def _is_over(self) -> bool:
        return not self.slots.running and (self.drain or self.stop.is_requested)

    def _rest(self) -> None:
        seconds = min(self.sleep, self.stop.seconds_left, self.widths.seconds_to_growth())
        if self._next_due is not None and self._limits():
            until_due = (self._next_due - timezone.now()).total_seconds()
            seconds = min(seconds, max(0.0, until_due))
        if self.wakeup.wait(seconds):
            self._hungry |= self.sharing.names

    def _wait_out(self, error: DatabaseError) -> None:
        """Wait for the database to come back. What has ended is kept and written then."""
        message = "The database is away; trying again every second: %s"
        seconds = min(AGAIN, self.stop.seconds_left)
        wait_out(error, logger, message, is_known=self._unsure, seconds=seconds)
        self._unsure = True
