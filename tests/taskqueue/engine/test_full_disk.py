"""A disk without room costs time and nothing else: what ended is kept and written when there is room again."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.stubs.openai_server import Stub, text
from tests.taskqueue.engine.conftest import Workers, until
from tests.taskqueue.engine.test_outages import migrate_and_put


@pytest.fixture
def small_disk(tmp_path):
    """A disk of three megabytes, to be filled."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if os.geteuid() or not shutil.which("mount") or subprocess.run(mount).returncode:
        pytest.skip("a disk of the test's own can be mounted by root alone")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def queue(small_disk, tmp_path):
    """A database on it, with three tasks that wait to be let go."""
    database = small_disk / "db.sqlite3"
    url = f"sqlite:///{database}"
    migrate_and_put(url, tmp_path, "stuck", "stuck", "stuck")
    return url, database


def test_what_ended_on_a_full_disk_is_written_when_there_is_room(queue, small_disk, tmp_path):
    url, database = queue
    workers = Workers(url, tmp_path)
    try:
        worker = workers.start("--skip-checks")
        until(lambda: len(list(tmp_path.glob("*-1"))) == 3)
        fill(small_disk / "filling")
        until(lambda: "The lease is not renewed: database or disk is full" in workers.said())
        (tmp_path / "go").touch()
        until(lambda: "trying again every second: database or disk is full" in workers.said())
        assert ends(database) == [("processing", 1)] * 3
        assert "The database is back" not in workers.said()

        (small_disk / "filling").unlink()

        until(lambda: ends(database) == [("completed", 1)] * 3)
        until(lambda: "The database is back" in workers.said())
        assert worker.poll() is None
    finally:
        workers.end()


def test_what_a_model_said_on_a_full_disk_is_not_paid_again(queue, small_disk, tmp_path):
    url, database = queue
    (tmp_path / "go").touch()
    migrate_and_put(url, tmp_path, "speak")

    def answer(body):
        fill(small_disk / "filling")
        return text("There was no room meanwhile.")

    workers = Workers(url, tmp_path)
    with Stub(answer) as model:
        try:
            workers.start("--skip-checks", **model.environment)
            until(lambda: "A paid answer waits for the database" in workers.said())
            (small_disk / "filling").unlink()

            until(lambda: {status for status, _ in ends(database)} == {"completed"})
        finally:
            workers.end()
    assert len(model.seen) == 1


def fill(file: Path) -> None:
    """Write until nothing fits any more, not even into the last block."""
    with file.open("wb", buffering=0) as filling:
        for size in (65536, 4096, 1):
            try:
                while filling.write(bytes(size)):
                    pass
            except OSError:
                continue


def ends(database: Path) -> list[tuple[str, int]]:
    with closing(sqlite3.connect(database)) as session:
        return session.execute("SELECT status, attempt FROM taskqueue_aitask").fetchall()
