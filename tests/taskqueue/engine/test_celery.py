"""What is Celery's own: messages may be lost, doubled or refused, its broker and its processes may die."""

import os
import signal
import sys
from collections.abc import Iterator
from subprocess import run

import pytest
from django.conf import settings
from django.db import transaction

from taskqueue.celery.app import app, queue_of
from taskqueue.celery.doorbell import ring
from taskqueue.models import Worker
from tests.redis import Server, throwaway_redis
from tests.taskqueue.engine.conftest import ROOT, until

pytestmark = [
    pytest.mark.celery,
    pytest.mark.skipif(
        settings.TASKQUEUE_ENGINE != "celery", reason="make test-celery starts a broker for it"
    ),
]


@pytest.fixture
def broker() -> Iterator[Server]:
    """A broker of the test's own, which workers that are told of it use, and which does not hear us."""
    with throwaway_redis() as server:
        yield server


def waiting_rings() -> int:
    with app.connection_for_read() as connection:
        channel = connection.default_channel
        queues = [queue_of(pool) for pool in ("bulk", "interactive")]
        found = [channel.queue_declare(name, durable=True, auto_delete=False) for name in queues]
        return sum(queue.message_count for queue in found)


def test_a_message_that_was_lost_is_not_missed(workers, put, broker):
    workers.start("--skip-checks", CELERY_BROKER_URL=f"{broker.url}/0")
    until(Worker.objects.exists)

    task = put("note")  # its ring goes to another broker than the worker's

    until(task.is_("completed"))
    assert task.now().attempt == 1


def test_messages_that_were_doubled_run_nothing_twice(workers, put):
    task = put("note")
    ring("bulk", times=20)
    ring("interactive", times=20)
    workers.start("--skip-checks")

    until(task.is_("completed"))
    until(lambda: not waiting_rings())
    assert task.now().attempt == 1
    assert not task.left(2)


def test_a_ring_is_sent_with_the_commit_and_not_before(put, database_url):
    app.control.purge()
    with transaction.atomic():
        put("note")
        assert waiting_rings() == 0

    assert waiting_rings() == 1


def test_a_broker_that_restarts_is_found_again(workers, put, broker):
    worker = workers.start("--skip-checks", CELERY_BROKER_URL=f"{broker.url}/0")
    until(Worker.objects.exists)
    first = put("note")
    until(first.is_("completed"))

    broker.stop()
    second = put("note")
    broker.start()

    until(second.is_("completed"))
    assert second.pid(1) == worker.pid


def test_work_is_accepted_while_the_broker_is_away(put, database_url, broker):
    broker.stop()
    accept = (
        "import django; django.setup();"
        "from taskqueue.enqueue import enqueue;"
        "print(enqueue('syllabus_generation', user=None, input_data={})[0].status)"
    )
    environment = {
        "DATABASE_URL": database_url,
        "CELERY_BROKER_URL": f"{broker.url}/0",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }

    done = run(
        [sys.executable, "-c", accept],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )

    assert done.stdout == "pending\n"
    assert done.stderr.count("broker is away") == 1


def test_readiness_knows_its_workers(workers, database_url, client):
    assert client.get("/readyz").json()["problems"] == [
        "No worker has beaten recently: start celery -A config worker."
    ]

    workers.start("--skip-checks", "--concurrency", "4")

    until(Worker.objects.exists)
    assert client.get("/readyz").status_code == 200
    assert Worker.objects.get().pools == {"interactive": 2, "bulk": 3}


@pytest.fixture
def children(workers, monkeypatch):
    """Start a worker with processes, two of them."""
    monkeypatch.setenv("TEST_CELERY_POOL", "prefork")
    return lambda *options: workers.start("--skip-checks", "--concurrency", "1", *options)


def test_what_a_killed_child_held_runs_again(children, put):
    worker, waiting = children(), put("wait")
    until(lambda: waiting.left(1))
    assert waiting.pid(1) != worker.pid

    os.kill(waiting.pid(1), signal.SIGKILL)

    until(lambda: waiting.left(2))
    waiting.go()
    until(waiting.is_("completed"))
    assert (waiting.now().attempt, worker.poll()) == (2, None)


def test_children_finish_what_they_are_at(children, workers, put):
    worker, waiting = children(), put("wait")
    until(lambda: waiting.left(1))

    worker.terminate()
    until(lambda: "Asked to stop" in workers.said())
    waiting.go()

    assert worker.wait() == 0
    assert waiting.now().status == "completed"
    assert not Worker.objects.exists()


def test_children_hand_back_uncounted_what_outlasts_the_grace(children, put):
    worker, stuck = children("--grace", "0.2"), put("stuck")
    until(lambda: stuck.left(1))

    worker.terminate()

    assert worker.wait() == 0
    assert (stuck.now().status, stuck.now().attempt) == ("pending", 0)
    assert not Worker.objects.exists()


def test_a_pool_that_cannot_work_is_refused_in_a_line(workers, database_url, monkeypatch):
    monkeypatch.setenv("TEST_CELERY_POOL", "custom")

    worker = workers.start(
        "--skip-checks", CELERY_CUSTOM_WORKER_POOL="tests.taskqueue.engine.green:Pool"
    )

    assert worker.wait() == 1
    assert "techtree: --pool must be threads or prefork" in workers.said()
    assert "Traceback" not in workers.said()
