"""Running the statements of the hot path."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

Values = tuple[str, list[Any]]  # a statement, or a piece of one, and its parameters
# The first one's rows are counted before the second one changes any, so that locks are taken in this order.
BOTH = """
WITH first AS ({first}), second AS ({second} AND (SELECT count(*) FROM first) >= 0)
SELECT * FROM first
"""


def run(sql: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a statement, with `%s` where a parameter goes, and return the rows it gives, if any.

    SQLite answers in our own process, so that Django's cursor costs more than most statements: it translates their text
    anew each time, and a worker that slept finds none of that code in the processor's cache. Whoever records or wraps
    statements gets it all the same.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor == "sqlite" and not (database.queries_logged or database.execute_wrappers):
        database.ensure_connection()
        with database.wrap_database_errors:
            found: list[Any] = database.connection.execute(_marked(sql), given).fetchall()
            return found
    with database.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall() if cursor.description else []


def run_both(first: Values, second: Values) -> list[tuple[Any, ...]]:
    """Run two statements that change rows, by one trip to a server, and return the rows that the first gives.

    They change different rows, for neither sees what the other does; the second ends in conditions.
    """
    (sql, given), (then, more) = first, second
    if connections[DEFAULT_DB_ALIAS].vendor == "postgresql":
        return run(BOTH.format(first=sql, second=then), [*given, *more])
    found = run(sql, given)
    run(then, more)
    return found


def places(values: Sequence[Any]) -> str:
    """Return a place for each of the values, as they stand in IN and VALUES."""
    return ", ".join(["%s"] * len(values))


@lru_cache(maxsize=512)
def _marked(sql: str) -> str:
    """Return a statement with SQLite's own placeholders."""
    return sql.replace("%s", "?")
