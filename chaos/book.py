"""A book that the database itself keeps of everything that is committed, by triggers.

What a worker says of itself is worth nothing once it is dead, and rows show only the end of a story. On PostgreSQL
the triggers are deferred, so that the time of an entry is that of its commit; on SQLite nobody else can write between
the statement and the commit, so it makes no difference.
"""

from dataclasses import dataclass

from django.db import connection

# What is noted: table, event, kind of entry, its subject, its value.
NOTED = (
    ("background_task", "INSERT", "row", "NEW.id", "NEW.locked_by"),
    ("background_task", "UPDATE OF locked_by", "row", "NEW.id", "NEW.locked_by"),
    ("background_task", "DELETE", "row", "OLD.id", "NULL"),
    ("taskqueue_worker", "INSERT", "worker", "NEW.worker_id", "NEW.pid"),
    ("taskqueue_worker", "UPDATE OF beats", "beat", "NEW.worker_id", "NEW.beats"),
    ("taskqueue_worker", "DELETE", "worker gone", "OLD.worker_id", "OLD.pid"),
    (
        "taskqueue_aitask",
        "UPDATE OF status, fence",
        "task",
        "NEW.task_id",
        "NEW.status || ' ' || NEW.fence",
    ),
    ("core_llmcall", "INSERT", "call", "NEW.task_id", "NEW.outcome || ' ' || NEW.tokens_in"),
)
TABLE = {
    "sqlite": """CREATE TABLE chaos_book (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, kind TEXT, subject TEXT, value TEXT)""",
    "postgresql": """CREATE TABLE chaos_book (
        id BIGSERIAL PRIMARY KEY, at FLOAT8 NOT NULL, kind TEXT, subject TEXT, value TEXT)""",
}
NOW = {
    "sqlite": "(julianday('now') - 2440587.5) * 86400.0",
    "postgresql": "extract(epoch FROM clock_timestamp())",
}
NOTE = """INSERT INTO chaos_book (at, kind, subject, value)
    VALUES ({now}, '{kind}', replace(CAST({subject} AS TEXT), '-', ''), replace(CAST({value} AS TEXT), '-', ''));"""
TRIGGER = {
    "sqlite": "CREATE TRIGGER chaos_{n} AFTER {event} ON {table} BEGIN {note} END",
    "postgresql": """
        CREATE FUNCTION chaos_{n}() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN {note} RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER chaos_{n} AFTER {event} ON {table}
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION chaos_{n}()""",
}


@dataclass(frozen=True)
class Entry:
    """`at` is in seconds since 1970; names are without dashes."""

    at: float
    kind: str
    subject: str
    value: str | None


def open_book() -> None:
    """Let the database write from now on."""
    vendor = connection.vendor
    with connection.cursor() as cursor:
        cursor.execute(TABLE[vendor])
        for n, (table, event, kind, subject, value) in enumerate(NOTED):
            note = NOTE.format(now=NOW[vendor], kind=kind, subject=subject, value=value)
            cursor.execute(TRIGGER[vendor].format(n=n, event=event, table=table, note=note))


def read_book() -> list[Entry]:
    """Return all entries in the order in which they were written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT at, kind, subject, value FROM chaos_book ORDER BY id")
        return [Entry(*row) for row in cursor.fetchall()]
