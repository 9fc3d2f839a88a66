"""Ringing for workers. It may fail: a ring that is lost costs up to a second, a ring too many nothing."""

import logging
import time
from functools import partial
from typing import Any

from background_task.models import Task
from django.db import transaction
from django.db.models.signals import post_save
from django.utils import timezone

from taskqueue.celery.app import RING, app, queue_of
from taskqueue.pools import BULK, known_pools

logger = logging.getLogger(__name__)

PAUSE = 5.0  # seconds in which a broker that was away is left alone

_away_until = float("-inf")


def announce_new_rows() -> None:
    """Ring, from now on, when a row that is due was committed by this process."""
    post_save.connect(_announce, sender=Task, dispatch_uid=__name__)


def _announce(instance: Task, created: bool, **kwargs: Any) -> None:
    if created and instance.run_at <= timezone.now():
        pool = instance.queue if instance.queue in known_pools() else BULK
        transaction.on_commit(partial(ring, pool))


def ring(pool: str, times: int = 1) -> None:
    """Ask workers to look at the queue; nothing is raised when the broker is away."""
    global _away_until
    if time.monotonic() < _away_until:
        return
    try:
        with app.producer_pool.acquire(block=True) as producer:
            for _ in range(times):
                app.send_task(RING, queue=queue_of(pool), producer=producer, retry=False)
    except Exception as error:  # each broker's client has errors of its own
        _away_until = time.monotonic() + PAUSE
        logger.warning("Celery's broker is away, workers will find the work: %s", error)
