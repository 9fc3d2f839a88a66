"""Requests that join one another, under real workers and when one of these dies."""

import signal

import pytest

from taskqueue.enqueue import enqueue
from taskqueue.models import AITask, TaskStatus
from tests.taskqueue.engine.conftest import until


@pytest.fixture
def ask(database_url, tmp_path):
    def ask(kind, number):
        data = {"folder": str(tmp_path), "number": number}
        return enqueue(kind, user=None, input_data=data, coalesce_key="page:1")[0]

    return ask


def test_of_ten_requests_during_a_run_one_more_runs_with_the_newest_input(workers, ask, tmp_path):
    workers.start()
    workers.start()
    first = ask("wait", 0)
    until(lambda: (tmp_path / f"{first.pk}-1").exists())

    for number in range(1, 11):
        last = ask("wait", number)
    (tmp_path / "go").touch()

    until(lambda: not AITask.objects.active().exists())
    assert AITask.objects.filter(status=TaskStatus.COMPLETED).count() == 2
    last.refresh_from_db()
    first.refresh_from_db()
    assert last.input_data["number"] == 10
    assert last.started_at >= first.finished_at
    assert last.attempt == 1


def test_the_newest_runs_although_the_worker_of_the_older_one_dies(workers, ask, tmp_path):
    worker = workers.start("--concurrency=1")
    older = ask("wait", 1)
    until(lambda: (tmp_path / f"{older.pk}-1").exists())
    newest = ask("wait", 2)

    worker.send_signal(signal.SIGKILL)
    worker.wait()
    (tmp_path / "go").touch()
    workers.start()

    until(lambda: not AITask.objects.active().exists())
    newest.refresh_from_db()
    older.refresh_from_db()
    assert (newest.status, newest.attempt) == (TaskStatus.COMPLETED, 1)
    assert (older.status, older.error_code) == (TaskStatus.CANCELLED, "superseded")
