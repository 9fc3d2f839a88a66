"""A worker that is asked to stop leaves nothing claimed and no attempt wasted, and is gone in time."""

import signal

import pytest
from background_task.models import Task

from taskqueue.models import AITask, Worker
from tests.taskqueue.engine.conftest import until


def nothing_is_left_claimed():
    return not Task.objects.filter(locked_by__isnull=False).exists() and not Worker.objects.exists()


@pytest.mark.parametrize("ask", [signal.SIGTERM, signal.SIGINT])
def test_running_work_is_finished_and_nothing_new_is_claimed(workers, put, ask):
    running = put("wait")
    worker = workers.start("--skip-checks")
    until(lambda: running.left(1))

    worker.send_signal(ask)
    until(lambda: "Asked to stop" in workers.said())
    late = put("note")
    running.go()

    assert worker.wait() == 0
    assert (running.now().status, late.now().status) == ("completed", "pending")
    assert nothing_is_left_claimed()


def test_what_outlasts_the_grace_is_handed_back_uncounted(workers, put):
    stuck = put("stuck")
    worker = workers.start("--skip-checks", "--grace", "0.2")
    until(lambda: stuck.left(1))

    worker.send_signal(signal.SIGTERM)

    assert worker.wait() == 0
    assert (stuck.now().status, stuck.now().attempt) == ("pending", 0)
    assert nothing_is_left_claimed()
    workers.start("--skip-checks")
    until(lambda: stuck.now().status == "processing")
    stuck.go()
    until(stuck.is_("completed"))
    assert stuck.now().result == {"attempt": 1}


def test_asked_twice_it_hands_back_at_once(workers, put):
    stuck = put("stuck")
    worker = workers.start("--skip-checks", "--grace", "3600")
    until(lambda: stuck.left(1))

    worker.send_signal(signal.SIGTERM)
    until(lambda: "Asked to stop" in workers.said())
    worker.send_signal(signal.SIGTERM)

    assert worker.wait() == 0
    assert (stuck.now().status, stuck.now().attempt) == ("pending", 0)
    assert nothing_is_left_claimed()


def test_a_duration_ends_it_too(workers, put):
    task = put("note")

    assert workers.start("--skip-checks", "--duration", "1").wait() == 0

    assert task.now().status == "completed"
    assert nothing_is_left_claimed()


def test_what_tasks_print_can_go_to_the_log(workers, put):
    put("loud")

    assert workers.start("--skip-checks", "--drain", "--log-std").wait() == 0

    assert "INFO taskqueue.management.commands.process_tasks: heard on stdout" in workers.said()


def test_a_type_that_cannot_run_stops_the_worker_loudly(workers, put):
    put("note")

    worker = workers.start("--concurrency", "1", BROKEN_TYPE="yes")

    assert worker.wait() == 1
    assert "tests.taskqueue.broken_module" in workers.said()
    assert nothing_is_left_claimed()


def test_work_of_a_broken_module_waits_and_costs_no_attempt(workers, put):
    task = put("broken")

    workers.start("--skip-checks", "--drain", BROKEN_TYPE="yes").wait()

    assert (task.now().status, task.now().attempt) == ("pending", 0)
    assert "its processor cannot be loaded" in workers.said()
    assert Task.objects.get().run_at == AITask.objects.get().next_attempt_at
