"""A lease lasts as long as its worker beats, however long its work takes, and no longer."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from taskqueue.engine.keeper import Keeper
from taskqueue.engine.lease import Lease
from taskqueue.engine.widths import Widths
from taskqueue.models import AITask, Worker
from tests.stubs.openai_server import Stub, text
from tests.taskqueue.engine.conftest import until

LEASES = 3
BEATS_IN_A_LEASE = 5
OF_A_WORKER = 3  # sessions: the dispatcher's, the keeper's, the writer's


def test_a_call_of_many_leases_keeps_its_task_while_others_watch(workers, put):
    with Stub() as model:
        model.answer = lambda body: text("I have thought.", hang=True)
        thinking = [put("speak", say=f"Think about {n}.") for n in range(6)]
        first = workers.start("--skip-checks", TASK_LEASE_SECONDS="2", **model.environment)
        until(lambda: len(model.seen) == 6)
        workers.start("--skip-checks", TASK_LEASE_SECONDS="2", **model.environment)

        until(lambda: beats_of(first) > LEASES * BEATS_IN_A_LEASE and Worker.objects.count() == 2)

        assert set(AITask.objects.values_list("status", "attempt", "fence")) == {
            ("processing", 1, 1)
        }
        assert len(model.seen) == 6, "nobody asked the model again"
        assert sessions_of_others() <= 2 * OF_A_WORKER, "a call that waits holds no connection"
        assert "is gone" not in workers.said()
        model.released.set()
        for task in thinking:
            until(lambda task=task: task.now().status != "processing")


@pytest.mark.parametrize("seconds", [1, 2, 15, 600])
def test_the_keeper_looks_often_enough_for_the_shortest_lease(settings, seconds):
    settings.TASK_LEASE_SECONDS = seconds
    lease = Lease(concurrency=1, queue="", pools=[])

    keeper = Keeper(lease, [], lambda: None, Widths({}))

    assert keeper.tick <= lease.every / 2


def beats_of(process) -> int:
    worker = Worker.objects.filter(pid=process.pid).first()
    return worker.beats if worker else 0


def sessions_of_others() -> int:
    """Return the connections to the test's database besides this one; SQLite does not count them."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_cannot_beat_stops_its_runs_by_itself(workers, put):
    waiting = put("wait")
    worker = workers.start("--skip-checks", TASK_LEASE_SECONDS="1")
    until(lambda: waiting.left(1))

    with nobody_can_beat():
        until(lambda: waiting.left("1-lost"))

    waiting.go()
    until(waiting.is_("completed"))
    assert waiting.now().attempt == 1, "an interruption that was the database's does not count"
    assert worker.poll() is None


@contextmanager
def nobody_can_beat() -> Iterator[None]:
    """Hold what a beat has to write: on SQLite the file, on PostgreSQL the table of workers."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE taskqueue_worker IN ACCESS EXCLUSIVE MODE")
        yield
