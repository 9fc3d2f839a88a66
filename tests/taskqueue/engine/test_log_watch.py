"""Hearing of commits to a SQLite database from the kernel; on other systems than Linux they are looked for."""

import select
import sqlite3

import pytest

from taskqueue.engine.log_watch import watch_log

PATIENCE = 10.0


@pytest.fixture
def database(tmp_path):
    """A database that nobody holds open: its log is deleted after each commit."""
    file = tmp_path / "site.sqlite3"
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE work (name)")
    connection.close()
    return file


@pytest.fixture
def watch(database):
    watch = watch_log(database)
    yield watch
    watch.close()


def hears(watch, seconds=PATIENCE):
    return bool(select.select([watch.ear], [], [], seconds)[0])


def commit(database):
    connection = sqlite3.connect(database)
    with connection:
        connection.execute("INSERT INTO work VALUES ('new')")
    connection.close()


def test_a_commit_is_heard(database, watch):
    assert not hears(watch, 0)

    commit(database)

    assert hears(watch)
    watch.listen()
    assert watch.is_fresh


def test_a_log_that_was_made_anew_is_heard_as_well(database, watch):
    commit(database)
    while hears(watch, 0.1):
        watch.listen()

    commit(database)

    assert hears(watch)
    watch.listen()
    assert watch.is_fresh


def test_other_files_of_the_folder_are_of_no_interest(database, watch):
    (database.parent / "worker.log").write_text("a line")

    assert hears(watch)
    watch.listen()
    assert not watch.is_fresh


def test_where_the_kernel_cannot_watch_commits_are_looked_for(tmp_path, caplog):
    assert watch_log(tmp_path / "missing" / "site.sqlite3") is None
    assert "Commits are looked for, not heard" in caplog.text
