"""The look at the table that no message can replace: retries, schedules, freed rows, and rings that were lost."""

import logging
import threading
from collections.abc import Callable

from background_task.tasks import tasks
from django.db import DatabaseError, connection
from django.utils import timezone

from core.outage import is_outage
from taskqueue.celery.app import app, queue_of
from taskqueue.celery.doorbell import ring
from taskqueue.engine.claiming import Claims
from taskqueue.pools import Pool

logger = logging.getLogger(__name__)

EVERY = 0.5
SOONEST = 0.02


class Sweeper(threading.Thread):
    """Rings for due rows while this worker has room for them and nobody took them up.

    In a thread of its own: a broker that is away must stop neither heartbeats nor the dispatcher. Nothing is rung for
    while rings still wait at the broker, so that they do not pile up.
    """

    def __init__(self, pools: list[Pool], room: Callable[[], dict[str, int]]) -> None:
        super().__init__(name="sweeper", daemon=True)
        self._claims = Claims(list(tasks._tasks), pools)
        self._room = room
        self._over = threading.Event()

    def end(self) -> None:
        self._over.set()

    def run(self) -> None:
        seconds = EVERY
        while not self._over.wait(seconds):
            try:
                seconds = self._sweep()
            except Exception as error:
                seconds = EVERY
                if not (isinstance(error, DatabaseError) and is_outage(error)):
                    logger.warning("The queue was not swept: %r", error)
                connection.close()
        connection.close()

    def _sweep(self) -> float:
        """Ring where something is due, and return the seconds until the next look."""
        seconds = EVERY
        for pool, room in self._room().items():
            due = self._claims.next_due([pool], risk=True)
            wait = EVERY if due is None else (due - timezone.now()).total_seconds()
            if wait <= 0 and not _ringing(pool):
                ring(pool, times=min(room, self._claims.count_due(pool, at_most=room)))
            elif wait > 0:
                seconds = min(seconds, max(SOONEST, wait))
        return seconds


def _ringing(pool: str) -> int:
    """Return how many rings for a pool wait at the broker."""
    with app.connection_for_read() as broker:
        queue = broker.default_channel.queue_declare(
            queue_of(pool), durable=True, auto_delete=False
        )
        return int(queue.message_count)
