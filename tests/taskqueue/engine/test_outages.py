"""A database that goes away costs time and nothing else."""

import sqlite3

import psycopg
import pytest
from background_task.models import Task
from django.db import OperationalError, ProgrammingError, connection, connections
from django.db.utils import InterfaceError

from taskqueue.outage import is_outage
from tests.postgres import free_port
from tests.taskqueue.engine.conftest import until


def django_error(cause):
    """Return the error as Django raises it for a driver's."""
    error = OperationalError(*cause.args)
    error.__cause__ = cause
    return error


def test_a_server_that_is_not_there():
    with pytest.raises(psycopg.OperationalError) as refused:
        psycopg.connect(f"host=127.0.0.1 port={free_port()} user=nobody")

    assert is_outage(django_error(refused.value))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (psycopg.errors.AdminShutdown(), True),
        (psycopg.errors.SerializationFailure(), True),
        (psycopg.errors.DiskFull(), True),
        (psycopg.errors.LockNotAvailable(), True),
        (psycopg.errors.IdleInTransactionSessionTimeout(), True),
        (psycopg.errors.UndefinedTable(), False),
    ],
)
def test_what_postgresql_says(error, expected):
    assert is_outage(django_error(error)) is expected


def test_a_locked_sqlite_file_is_an_outage_and_a_missing_table_is_not(tmp_path):
    one, two = (sqlite3.connect(tmp_path / "db", timeout=0) for _ in range(2))
    one.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError) as locked:
        two.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError) as missing:
        two.execute("SELECT * FROM nothing")
    one.close()
    two.close()

    assert is_outage(django_error(locked.value))
    assert not is_outage(django_error(missing.value))


def test_other_errors_are_not():
    assert is_outage(InterfaceError("connection already closed"))
    assert not is_outage(ProgrammingError("no such table"))
    assert not is_outage(ValueError())


def break_every_other_connection():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.skipif(
    connections["default"].vendor != "postgresql", reason="PostgreSQL's connections"
)
def test_broken_connections_are_made_again(workers, put):
    stuck = put("stuck")
    workers.start("--skip-checks", "--sleep", "3600")
    until(lambda: stuck.left(1))

    break_every_other_connection()
    stuck.go()

    until(stuck.is_("completed"))
    assert (stuck.now().attempt, stuck.now().fence) == (1, 1)
    task = put("note")
    until(task.is_("completed"))
    assert not Task.objects.exists()
