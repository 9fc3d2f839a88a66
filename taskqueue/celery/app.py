"""The Celery application. Its one task is a doorbell: a message says that a pool has work, and nothing of which."""

from celery import Celery
from django.conf import settings
from kombu import Exchange, Queue

from taskqueue.pools import BULK, known_pools, pools_for

PREFIX = "techtree-"
RING = "techtree.ring"

app = Celery("techtree", broker=settings.CELERY_BROKER_URL)


def queue_of(pool: str) -> str:
    """Return the name of Celery's queue that rings for a pool."""
    return PREFIX + pool


app.conf.update(
    task_queues=[
        Queue(name, Exchange("techtree"), routing_key=name)
        for name in map(queue_of, sorted(known_pools()))
    ],
    task_default_queue=queue_of(BULK),
    task_ignore_result=True,
    task_publish_retry=False,
    # A request waits for a broker that is away this long, once; then the workers' own look stands in.
    broker_connection_timeout=1,
    broker_transport_options={"socket_connect_timeout": 1},
    broker_connection_retry_on_startup=True,
    # No message is worth keeping: whatever was lost, a worker looks at the table (see sweep.py).
    task_acks_late=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_prefetch_multiplier=1,
    worker_concurrency=sum(pool.slots for pool in pools_for(settings.TASK_CONCURRENCY)),
)
