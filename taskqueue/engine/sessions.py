"""What a worker asks of its database sessions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created


@contextmanager
def bounded_transactions() -> Iterator[None]:
    """Let PostgreSQL end any session of this process that sits in a transaction for as long as a lease lasts.

    A process that is stopped there, by SIGSTOP or a frozen machine, would keep its locks, and with them the rows that
    others must take over.
    """
    connection_created.connect(_bound, dispatch_uid=__name__)
    if connection.connection is not None:
        _bound(connection=connection)
    try:
        yield
    finally:
        connection_created.disconnect(dispatch_uid=__name__)


def _bound(connection: Any, **kwargs: Any) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            setting = "idle_in_transaction_session_timeout"
            seconds = f"{settings.TASK_LEASE_SECONDS}s"
            cursor.execute("SELECT set_config(%s, %s, false)", [setting, seconds])
