"""Telling a database that is away or busy from a mistake of ours."""

import logging
import time

from django.db import DatabaseError, InterfaceError, OperationalError, connection

AGAIN = 1.0  # seconds after which a database that was away is tried again

# What SQLite says when its file is busy, unreachable or has no room (SQLITE_BUSY, LOCKED, IOERR, FULL and CANTOPEN):
# https://sqlite.org/rescode.html. To import them from `sqlite3` costs a worker on PostgreSQL a megabyte.
SQLITE = {5, 6, 10, 13, 14}
# Connection lost, transaction to be tried again, out of resources, shutting down, lock not available, session
# ended for being idle in a transaction: https://www.postgresql.org/docs/current/errcodes-appendix.html
POSTGRESQL = ("08", "40", "53", "57", "55P03", "25P03")


def is_outage(error: BaseException) -> bool:
    """Whether `error` says that the database cannot serve now and may serve later, whatever is asked of it."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return False
    cause = error.__cause__
    if type(cause).__module__ == "sqlite3":
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in SQLITE
    state = getattr(cause, "sqlstate", None)
    if state is None:  # from a client that has lost its server
        return isinstance(error, OperationalError | InterfaceError)
    return bool(state.startswith(POSTGRESQL))


def wait_out(
    error: DatabaseError | InterfaceError,
    logger: logging.Logger,
    message: str,
    *,
    is_known: bool,
    seconds: float = AGAIN,
) -> None:
    """Wait a while for the database that `error` says is away, with a connection of its own afterwards.

    Logs `message`, with the reason in place of its `%s`, unless the outage `is_known`. Raises the error where it is no
    outage, and inside a transaction, which is lost.
    """
    if not is_outage(error) or connection.in_atomic_block:
        raise error
    if not is_known:
        logger.warning(message, in_a_line(error))
    connection.close()
    time.sleep(seconds)


def problem_with_database(error: BaseException) -> str:
    """Return, in a line for operators, what they have to do about `error`; empty when it is a mistake of ours."""
    if is_outage(error):
        return f"The database at DATABASE_URL cannot be used now: {in_a_line(error)}"
    if _misses_a_table(error):
        return f"The database is not migrated ({in_a_line(error)}): run manage.py migrate."
    return ""


def in_a_line(error: BaseException) -> str:
    """Return what a driver says, which may be several lines, for one of the log."""
    return " ".join(str(error).split())


def _misses_a_table(error: BaseException) -> bool:
    state = getattr(error.__cause__, "sqlstate", None)
    return state == "42P01" or str(error).startswith("no such table")
