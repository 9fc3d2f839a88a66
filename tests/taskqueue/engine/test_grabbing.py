"""What an idle worker on PostgreSQL begins by one statement, and what it leaves to its usual turn."""

import pytest
from background_task.models import Task
from background_task.tasks import tasks
from django.db import connection
from django.test.utils import CaptureQueriesContext

from taskqueue.engine.claiming import Claims
from taskqueue.engine.grabbing import grab
from taskqueue.engine.lease import Lease
from taskqueue.engine.tickets import AI_TASK
from taskqueue.enqueue import enqueue
from taskqueue.models import TaskEvent, Worker
from taskqueue.pools import BULK, INTERACTIVE, pools_for
from tests.taskqueue.engine.conftest import until

pytestmark = pytest.mark.postgresql
POOLS = pools_for(16)


@pytest.fixture
def lease(transactional_db):
    lease = Lease(concurrency=16, queue="", pools=POOLS)
    lease.open()
    return lease


@pytest.fixture
def take(lease):
    return lambda: grab((INTERACTIVE, BULK), Claims(list(tasks._tasks), POOLS), lease)


def unreadable():
    params = '[["no key of a task", 1], {}]'
    return Task.objects.create(
        task_name=AI_TASK, task_params=params, task_hash="", run_at="2000-01-01T00:00Z"
    )


def test_one_row_of_each_pool_is_begun_by_one_statement(put, take, lease):
    first, second, tutor = put("note"), put("note"), put("tutor_note")

    with CaptureQueriesContext(connection) as asked:
        runs, rows = take()

    assert (len(asked), rows) == (1, [])
    assert {run.task.task_id for run in runs} == {first.task.pk, tutor.task.pk}
    for watched in (first, tutor):
        now = watched.now()
        assert (now.status, now.attempt, now.fence, now.events) == ("processing", 1, 1, 1)
        event = TaskEvent.objects.get(task=now)
        assert (event.sequence, event.name) == (1, "started")
        assert event.data == {"attempt": 1, "max_attempts": now.max_attempts}
    assert second.now().status == "pending"
    assert {run.row.locked_by for run in runs} == {lease.name}
    assert Task.objects.filter(locked_by=lease.name).count() == 2


def test_what_it_returns_is_what_the_usual_turn_would(put, take, alice):
    task = put("note", user=alice)

    (run,), _ = take()

    assert (run.row.pool, run.row.owner, run.task.user_id) == (BULK, alice.pk, alice.pk)
    assert (run.task.input_data, run.task.fence) == (task.task.input_data, 1)


def test_who_was_taken_for_dead_gets_nothing(put, take):
    put("note")
    Worker.objects.all().delete()

    assert take() == ([], [])
    assert Task.objects.get().locked_by is None


def test_what_takes_more_thought_is_claimed_and_not_begun(take):
    row = unreadable()
    keyed, _ = enqueue("note", user=None, input_data={}, coalesce_key="page:1")

    runs, rows = take()
    assert (runs, [row.id for row in rows]) == ([], [row.pk])

    row.delete()
    runs, rows = take()
    assert (runs, len(rows)) == ([], 1)
    keyed.refresh_from_db()
    assert keyed.status == "pending"


def test_a_worker_that_finds_a_row_it_cannot_read_goes_on(workers, put):
    workers.start("--skip-checks")
    until(Worker.objects.exists)
    row = unreadable()

    task = put("note")

    until(task.is_("completed"))
    until(lambda: not Task.objects.filter(pk=row.pk, attempts=0).exists())


def test_an_idle_worker_runs_what_must_not_run_beside_another(workers, put):
    workers.start("--skip-checks")
    until(Worker.objects.exists)
    data = put("note").task.input_data

    keyed, _ = enqueue("note", user=None, input_data=data, coalesce_key="page:1")

    until(lambda: keyed.refresh_from_db() or keyed.status == "completed")
