"""Many at once, each of them once."""

import threading

import pytest
from background_task.models import Task
from background_task.tasks import tasks
from django.core.management import call_command
from django.db import connection

from taskqueue.models import AITask, Worker
from tests.taskqueue.engine.conftest import until


@pytest.mark.django_db(transaction=True)
def test_as_many_run_at_once_as_there_are_slots():
    together = threading.Barrier(8, timeout=30)
    passed = []

    def meet():
        together.wait()
        passed.append(threading.current_thread().name)

    tasks.background(name="tests.meet")(meet)
    try:
        for _ in range(8):
            Task.objects.new_task("tests.meet").save()
        call_command("process_tasks", drain=True, concurrency=8)
    finally:
        del tasks._tasks["tests.meet"]

    assert len(set(passed)) == 8
    assert not Task.objects.filter(repeat=Task.NEVER).exists()
    assert not Worker.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_thread_may_drain_too():
    ran = []
    tasks.background(name="tests.note")(lambda: ran.append(threading.current_thread().name))
    Task.objects.new_task("tests.note").save()

    def drain():
        call_command("process_tasks", drain=True, concurrency=2)
        connection.close()

    thread = threading.Thread(target=drain)
    thread.start()
    thread.join()
    del tasks._tasks["tests.note"]

    assert len(ran) == 1


def test_four_workers_run_each_task_once(workers, put):
    everyone = [workers.start("--skip-checks", "--concurrency", "4") for _ in range(4)]
    until(lambda: Worker.objects.count() == 4)
    queued = [put("note") for _ in range(200)]

    until(lambda: not Task.objects.filter(repeat=Task.NEVER).exists())

    done = AITask.objects.filter(status="completed", attempt=1, fence=1)
    assert done.count() == len(queued)
    for worker in everyone:
        worker.terminate()
        assert worker.wait() == 0


def test_a_result_the_database_refuses_fails_alone(put):
    bad, good = put("unstorable"), [put("noop") for _ in range(5)]

    call_command("process_tasks", drain=True, concurrency=6)

    assert {task.now().status for task in good} == {"completed"}
    assert (bad.now().status, bad.now().error_code) == ("failed", "internal")
    assert not Task.objects.filter(repeat=Task.NEVER).exists()


def test_an_error_of_any_bytes_is_kept(put):
    task, other = put("garbled"), put("noop")

    call_command("process_tasks", drain=True, concurrency=2)

    assert (task.now().status, other.now().status) == ("pending", "completed")
    assert task.now().error == r"It said \0 and \ud800."


def test_work_is_claimed_inside_a_callers_transaction_too(db):
    AITask.objects.create(task_type="noop", input_data={})
    task = AITask.objects.get()
    Task.objects.bulk_create(
        [Task.objects.new_task("taskqueue.tasks.process_ai_task", [str(task.pk)])]
    )

    assert connection.in_atomic_block
    call_command("process_tasks", drain=True)

    task.refresh_from_db()
    assert task.status == "completed"


def test_an_interrupted_drain_hands_back(put, monkeypatch):
    task = put("noop")

    def interrupt(task):
        raise KeyboardInterrupt

    monkeypatch.setattr("tests.taskqueue.engine.work.noop", interrupt)
    with pytest.raises(KeyboardInterrupt):
        call_command("process_tasks", drain=True)

    assert (task.now().status, task.now().attempt) == ("pending", 0)
    assert Task.objects.get(repeat=Task.NEVER).locked_by is None
    assert not Worker.objects.exists()
