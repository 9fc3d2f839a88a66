"""A pool of Celery's that is neither of threads nor of processes, as those of gevent and eventlet are."""

from celery.concurrency.solo import TaskPool


class Pool(TaskPool):
    """Refused by its module's name."""
