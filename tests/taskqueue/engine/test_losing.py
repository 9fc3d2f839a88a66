"""A run learns in good time that its task is not its own any more."""

from datetime import timedelta

from background_task.models import Task
from django.utils import timezone

from tests.taskqueue.engine.conftest import until


def test_a_cancelled_run_is_told_while_it_works(workers, put):
    waiting = put("wait")
    workers.start("--skip-checks")
    until(lambda: waiting.left(1))

    waiting.now().cancel()

    until(lambda: waiting.left("1-lost"))
    assert waiting.now().status == "cancelled"
    until(lambda: not Task.objects.filter(repeat=Task.NEVER).exists())


def test_what_runs_for_too_long_is_given_to_another(workers, put):
    stuck = put("stuck")
    workers.start("--skip-checks", "--concurrency", "2", MAX_RUN_TIME="1")
    until(lambda: stuck.left(1))

    until(lambda: stuck.left(2))
    stuck.go()

    until(stuck.is_("completed"))
    assert stuck.now().result == {"attempt": 2}
    until(lambda: stuck.left("1-over"))
    until(lambda: not Task.objects.filter(repeat=Task.NEVER).exists())


def test_rows_that_nobody_holds_are_found_after_the_longest_run(workers, put):
    task = put("note")
    Task.objects.update(locked_by="12345", locked_at=timezone.now())

    workers.start("--skip-checks", "--drain", MAX_RUN_TIME="3600").wait()
    assert task.now().status == "pending"
    Task.objects.update(locked_at=timezone.now() - timedelta(hours=2))
    workers.start("--skip-checks", "--drain", MAX_RUN_TIME="3600").wait()

    assert task.now().status == "completed"
