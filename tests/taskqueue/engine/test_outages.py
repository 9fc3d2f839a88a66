"""A database that goes away costs time and nothing else."""

import os
import sqlite3
import subprocess
import sys

import psycopg
import pytest
from background_task.models import Task
from django.db import DatabaseError, OperationalError, ProgrammingError, connection, transaction
from django.db.utils import InterfaceError

from core.outage import is_outage
from tests.postgres import PostgresMissing, free_port, throwaway_cluster
from tests.postgres_proxy import proxy
from tests.stubs.openai_server import Stub, obj
from tests.taskqueue.engine.conftest import ROOT, Workers, until


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


@pytest.mark.postgresql
def test_a_session_that_sat_in_a_transaction_for_too_long_is_an_outage(transactional_db):
    with pytest.raises(DatabaseError) as ended, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '1ms'")
        until(lambda: not is_open(connection.connection.info.backend_pid))
        cursor.execute("SELECT 1")
    connection.close()

    assert is_outage(ended.value), repr(ended.value)


def is_open(session):
    """Whether the server has such a session, as seen from another."""
    url = {
        name: connection.get_connection_params()[name]
        for name in ("host", "port", "user", "dbname")
    }
    with psycopg.connect(**url) as other:
        found = other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [session])
        return found.fetchone() is not None


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


@pytest.mark.postgresql
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
    assert not Task.objects.filter(repeat=Task.NEVER).exists()


@pytest.fixture
def server():
    """A PostgreSQL of the test's own, to be stopped and started."""
    try:
        with throwaway_cluster() as cluster:
            yield cluster
    except PostgresMissing as missing:
        pytest.skip(str(missing))


def manage(url, *arguments):
    command = [sys.executable, "-m", "tests.taskqueue.engine.launch", *arguments]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, check=True)


def migrate_and_put(url, folder, *kinds):
    """Make the tables of a database, where they are missing, and queue a task of each kind."""
    manage(url, "migrate", "--skip-checks", "--verbosity=0")
    put = f"""
from taskqueue.enqueue import enqueue
for kind in {kinds!r}:
    enqueue(kind, user=None, input_data={{"folder": {str(folder)!r}, "say": "something"}})
"""
    manage(url, "shell", "--no-imports", "-c", put)


def test_a_server_that_goes_away_for_a_while_costs_no_attempt(server, tmp_path):
    migrate_and_put(server.url, tmp_path, "stuck", "noop")
    server.stop()
    workers = Workers(server.url, tmp_path)
    try:
        workers.start("--skip-checks")
        until(lambda: "Waiting for the database" in workers.said())
        server.start()
        until(lambda: any(tmp_path.glob("*-1")))
        server.stop()
        until(lambda: "The lease is not renewed" in workers.said())
        (tmp_path / "go").touch()
        until(lambda: "trying again every second" in workers.said())
        server.start()

        until(lambda: states(server) == {("completed", 1)})
    finally:
        workers.end()


@pytest.mark.parametrize("kind", ["speak", "fill"])
def test_what_a_model_said_while_the_server_was_away_is_not_paid_again(kind, server, tmp_path):
    migrate_and_put(server.url, tmp_path, kind)

    def answer(body):
        server.stop()
        return obj({"words": ["It", "went", "away", "meanwhile"]})

    workers = Workers(server.url, tmp_path)
    with Stub(answer) as model:
        try:
            workers.start("--skip-checks", **model.environment)
            until(lambda: "A paid answer waits for the database" in workers.said())
            server.start()

            until(lambda: states(server) == {("completed", 1)})
        finally:
            workers.end()
    assert len(model.seen) == 1


def test_an_answer_whose_commit_was_not_heard_of_is_on_record_once(server, tmp_path):
    migrate_and_put(server.url, tmp_path, "speak")
    with Stub() as model, proxy(server.port, said=b'INSERT INTO "core_llmcall"') as between:
        workers = Workers(server.url.replace(str(server.port), str(between.port)), tmp_path)
        try:
            workers.start("--skip-checks", **model.environment)
            until(lambda: states(server) == {("completed", 1)})
        finally:
            workers.end()
    assert between.swallowed.is_set()
    assert len(model.seen) == 1
    with psycopg.connect(server.url) as session:
        assert session.execute("SELECT outcome FROM core_llmcall").fetchall() == [("ok",)]


def states(server):
    with psycopg.connect(server.url) as session:
        return set(session.execute("SELECT status, attempt FROM taskqueue_aitask"))
