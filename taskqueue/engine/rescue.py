"""Finding workers that are dead and giving back what they held."""

import logging
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta

from background_task.models import Task
from background_task.settings import app_settings
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from taskqueue.engine.identity import is_gone, this_machine
from taskqueue.engine.lease import Lease
from taskqueue.engine.release import release
from taskqueue.models import Worker

logger = logging.getLogger(__name__)


@dataclass
class _Watched:
    beats: int
    since: float


class Rescuer:
    """Looks at the other workers, often.

    A worker of this machine is dead when its process is gone. Any worker is dead when its last beat is too old by the
    database's clock, and none came while we watched for two beats by our own: so neither a clock that jumps, nor a
    machine that was asleep together with the rest, looks like a death.
    """

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._machine = this_machine()
        self._watched: dict[uuid.UUID, _Watched] = {}
        self._looked = time.monotonic()

    def look(self) -> int:
        """Give back what dead workers held and return the number of rows."""
        now = time.monotonic()
        if now - self._looked > self._lease.every:
            self._watched.clear()  # we were away ourselves and cannot tell who else was
        self._looked = now
        others = Worker.objects.exclude(worker_id=self._lease.worker_id).annotate(now=Now())
        return sum(self._bury(worker) for worker in others if self._is_dead(worker))

    def _bury(self, worker: Worker) -> int:
        asked = time.monotonic()
        with transaction.atomic():
            waited = time.monotonic() - asked
            if waited > self._lease.every and not self._has_ended(worker):
                self._watched.clear()  # who held SQLite's lock for so long let nobody beat
                return 0
            return give_back(worker)

    def _has_ended(self, worker: Worker) -> bool:
        return worker.machine == self._machine and is_gone(worker.pid, worker.process)

    def _is_dead(self, worker: Worker) -> bool:
        if self._has_ended(worker):
            return True
        watched = self._watched.get(worker.worker_id)
        if watched is None or watched.beats != worker.beats:
            watched = self._watched[worker.worker_id] = _Watched(worker.beats, self._looked)
        silent: timedelta = worker.now - worker.beat_at  # type: ignore[attr-defined]
        return (
            silent.total_seconds() > self._lease.taken_after
            and self._looked - watched.since > 2 * self._lease.every
        )


def give_back(worker: Worker) -> int:
    """Bury a dead worker: its row goes and its claims are free again, together. 0 when somebody was faster."""
    with transaction.atomic():
        _wait_no_longer_than(seconds=1)
        gone, _ = Worker.objects.filter(worker_id=worker.worker_id, beats=worker.beats).delete()
        if not gone:
            return 0
        rows = release(Task.objects.filter(locked_by=worker.name), counted=True)
    logger.warning("Worker %s is gone; %s of its tasks were given back", worker, rows)
    return rows


def give_back_orphans() -> int:
    """Free rows that no worker of ours holds, after MAX_RUN_TIME, as the library does with its own."""
    old = timezone.now() - timedelta(seconds=app_settings.MAX_RUN_TIME)
    names = [worker.name for worker in Worker.objects.all()]
    with transaction.atomic():
        locked = Task.objects.filter(locked_by__isnull=False, locked_at__lt=old)
        return release(locked.exclude(locked_by__in=names), counted=True)


def _wait_no_longer_than(seconds: int) -> None:
    """Let PostgreSQL refuse a lock that a worker stopped in mid-transaction holds; the next look tries again."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{seconds}s"])
