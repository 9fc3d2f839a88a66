"""What a worker asks of its database sessions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.db.backends.signals import connection_created


@contextmanager
def worker_sessions() -> Iterator[None]:
    """Set up this process' sessions with PostgreSQL.

    The server ends any that sits in a transaction for as long as a lease lasts: a process that is stopped there, by
    SIGSTOP or a frozen machine, would keep its locks, and with them the rows that others must take over.

    The calling thread's session, the dispatcher's, finds rows by indexes alone. Until the server has counted a table
    anew, up to a minute after thousands of tasks came at once, it would sort all that wait for every claim.
    """
    dispatchers = connections[connection.alias]

    def set_up(connection: Any, **kwargs: Any) -> None:
        if connection.vendor == "postgresql":
            _set(connection, idle_in_transaction_session_timeout=f"{settings.TASK_LEASE_SECONDS}s")
            if connection is dispatchers:
                _set(connection, enable_seqscan="off", enable_sort="off")

    connection_created.connect(set_up, dispatch_uid=__name__, weak=False)
    if connection.connection is not None:
        set_up(dispatchers)
    try:
        yield
    finally:
        connection_created.disconnect(dispatch_uid=__name__)


def _set(connection: Any, **values: str) -> None:
    with connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
