"""What a worker's claims hang on: a row that shows that its process lives."""

import time
import uuid
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from taskqueue.engine.identity import this_process
from taskqueue.engine.plain import run
from taskqueue.errors import LeaseLost
from taskqueue.models import Worker
from taskqueue.pools import Pool

# What a foreign key would take: beats pass, the deletion of the row does not.
SHARE = {"sqlite": "", "postgresql": "FOR KEY SHARE"}
# Whoever takes a worker for dead deletes its row and then gives its claims back. As that waits for this and this for
# that, nothing is written under a name that nobody watches any more.
HELD = "SELECT 1 FROM taskqueue_worker WHERE worker_id = %s {share}"


class Lease:
    """The worker's right to run what it has claimed, kept by beating five times in TASK_LEASE_SECONDS.

    Three beats missed and the worker no longer trusts its own lease (`is_held`), four and everyone else may take
    what it holds: in between is room for clocks and commits. A lease is a promise about time and time is never
    certain, so what is written is fenced as well (Kleppmann, "How to do distributed locking", 2016).
    """

    def __init__(
        self, *, concurrency: int, queue: str, pools: Sequence[Pool], is_beating: bool = True
    ) -> None:
        self._described = {
            "concurrency": concurrency,
            "queue": queue,
            "pools": {pool.name: pool.slots for pool in pools},
        }
        self.is_beating = is_beating
        self.every = settings.TASK_LEASE_SECONDS / 5
        self.trusted_for = 3 * self.every
        self.taken_after = 4 * self.every
        self.worker_id = uuid.uuid4()
        self._beaten = time.monotonic()

    @property
    def name(self) -> str:
        """What the worker's claims carry in `locked_by`."""
        return str(self.worker_id)

    @property
    def is_held(self) -> bool:
        """Whether nobody can have taken the worker's claims yet, by this process' own clock."""
        return not self.is_beating or time.monotonic() - self._beaten < self.trusted_for

    @property
    def is_due(self) -> bool:
        return time.monotonic() - self._beaten >= self.every

    def open(self) -> None:
        """Write a new row; what was claimed under an earlier one is not ours any more."""
        asked = time.monotonic()
        me = this_process()
        worker = Worker.objects.create(
            host=me.host, machine=me.machine, pid=me.pid, process=me.process, **self._described
        )
        self.worker_id, self._beaten = worker.worker_id, asked

    def beat(self, **described: Any) -> bool:
        """Show that the process lives; False when others took it for dead and gave its claims back.

        `described` are fields of the row that change with the beat.
        """
        asked = time.monotonic()
        mine = Worker.objects.filter(worker_id=self.worker_id)
        if not mine.update(beats=F("beats") + 1, beat_at=Now(), **described):
            return False
        self._beaten = asked
        return True

    def hold(self) -> None:
        """Keep the row until the end of the transaction; LeaseLost when it is gone."""
        if not run(held(), [key_of(self.name)]):
            raise LeaseLost

    def close(self) -> None:
        """Take the row away; the worker must not hold any claim by now."""
        with transaction.atomic():
            Worker.objects.filter(worker_id=self.worker_id).delete()


def held() -> str:
    """Return the statement that finds the row of a worker, by its key, and keeps it until the transaction ends."""
    return HELD.format(share=SHARE[connection.vendor])


@lru_cache(maxsize=64)
def key_of(name: str) -> Any:
    """Return the key of the worker with that name as the database stores it."""
    return Worker._meta.pk.get_db_prep_value(uuid.UUID(name), connection)
