"""The thread that keeps the lease while others work, and looks after what time brings."""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from background_task.models import Task
from background_task.settings import app_settings
from django.db import connection, transaction

from core.outage import in_a_line, is_outage
from taskqueue.engine.latency import Latencies
from taskqueue.engine.lease import Lease
from taskqueue.engine.release import release
from taskqueue.engine.rescue import Rescuer, give_back_orphans
from taskqueue.engine.runs import Run
from taskqueue.engine.widths import Widths
from taskqueue.models import AITask
from taskqueue.retention import prune_events
from taskqueue.schedules import ensure_schedules

logger = logging.getLogger(__name__)

TICK = 0.5
WATCHFUL = 0.2
ORPHANS_EVERY = 60.0
CHORES_EVERY = 60.0
LATENCY_EVERY = 2.0
PATIENCE = 2.0


class Keeper(threading.Thread):
    """Beats, finds runs that lost their task, rescues what dead workers held; none of it waits for a dispatcher."""

    def __init__(
        self, lease: Lease, runs: Sequence[Run], poke: Callable[[], None], widths: Widths
    ) -> None:
        super().__init__(name="keeper", daemon=True)
        self._lease = lease
        self._runs = runs
        self._poke = poke
        self.tick = min(TICK, lease.every / 2)  # a look is never so late that a beat is missed
        self._widths = widths
        self._latencies = Latencies()
        self._rescuer = Rescuer(lease)
        self._orphans_due = self._chores_due = self._latency_due = time.monotonic()
        self._over = threading.Event()
        self._stumbled = False

    def rescue(self) -> None:
        """Give back what dead workers held."""
        if self._rescuer.look() + self._look_for_orphans():
            self._poke()

    def end(self) -> None:
        """Stop, and wait for what is under way unless it hangs."""
        self._over.set()
        if self.is_alive():
            self.join(PATIENCE)

    def run(self) -> None:
        while not self._over.wait(min(self.tick, WATCHFUL) if self._runs else self.tick):
            try:
                self._tick()
                self._stumbled = False
            except Exception as error:
                self._report(error)
                connection.close()
        connection.close()

    def _report(self, error: Exception) -> None:
        """Log the first of a row of failures; an outage would fill the log."""
        if not self._stumbled:
            trace = None if is_outage(error) else error
            logger.error("The lease is not renewed: %s", in_a_line(error), exc_info=trace)
        self._stumbled = True

    def _tick(self) -> None:
        if self._lease.is_due:
            self._beat()
        runs = list(self._runs)
        self._lose_what_is_not_ours([run for run in runs if run.task])
        self._give_back_overdue(runs)
        self._follow_latency(runs)
        self.rescue()
        self._do_chores()

    def _beat(self) -> None:
        was_held = self._lease.is_held
        if self._lease.beat(widths=self._widths.all()):
            if not was_held:
                self._poke()
            return
        logger.error("This worker was taken for dead; its runs are lost and it starts anew")
        for run in list(self._runs):
            run.lost = True
        self._lease.open()
        self._poke()

    def _lose_what_is_not_ours(self, runs: Sequence[Run]) -> None:
        """Mark runs whose task was cancelled or taken over, so that they close their calls to a model."""
        if not runs:
            return
        ids = [run.task.task_id for run in runs if run.task]
        held = AITask.objects.running().filter(task_id__in=ids)
        fences = dict(held.values_list("task_id", "fence"))
        for run in runs:
            if run.task and fences.get(run.task.task_id) != run.task.fence:
                run.lost = True

    def _give_back_overdue(self, runs: Sequence[Run]) -> None:
        """Let others try what has run for MAX_RUN_TIME. Its thread cannot be ended and keeps its slot."""
        for run in runs:
            if run.seconds > app_settings.MAX_RUN_TIME and run.is_ours:
                logger.error("%s has run for %d s and is given back", run.row, run.seconds)
                run.lost = run.given_back = True
                try:
                    with transaction.atomic():
                        release(Task.objects.filter(pk=run.row.id), counted=True)
                except BaseException:
                    run.given_back = False
                    raise

    def _do_chores(self) -> None:
        """Once a minute, see that recurring work has its rows and that old events go."""
        if time.monotonic() >= self._chores_due:
            self._chores_due = time.monotonic() + CHORES_EVERY
            ensure_schedules()
            prune_events()

    def _follow_latency(self, runs: Sequence[Run]) -> None:
        """Make a pool narrower whose calls take over twice as long as usual; while nothing runs there are none."""
        if not runs or time.monotonic() < self._latency_due:
            return
        self._latency_due = time.monotonic() + LATENCY_EVERY
        for pool, sent in self._latencies.slow_pools().items():
            if self._widths.fall(pool, sent):
                width = self._widths.now(pool)
                logger.warning("The model is slow: %s runs %s at once", pool, width)

    def _look_for_orphans(self) -> int:
        if time.monotonic() < self._orphans_due:
            return 0
        self._orphans_due = time.monotonic() + ORPHANS_EVERY
        return give_back_orphans()
