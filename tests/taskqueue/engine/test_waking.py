"""An idle worker does not wait for its next look."""

from datetime import timedelta

from background_task.models import Task
from django.utils import timezone

from taskqueue.enqueue import dispatch
from taskqueue.models import AITask, Worker
from tests.taskqueue.engine.conftest import until

ASLEEP = ["--skip-checks", "--sleep", "3600"]


def an_idle_worker(workers, put):
    workers.start(*ASLEEP)
    first = put("note")
    until(first.is_("completed"))


def test_a_commit_wakes_it(workers, put):
    an_idle_worker(workers, put)

    task = put("note")

    until(task.is_("completed"))


def test_a_row_written_by_anyone_wakes_it(workers, put, database_url):
    an_idle_worker(workers, put)
    task = AITask.objects.create(task_type="noop", input_data={})

    Task.objects.bulk_create(
        [Task.objects.new_task("taskqueue.tasks.process_ai_task", [str(task.pk)])]
    )

    until(lambda: AITask.objects.get(pk=task.pk).status == "completed")


def test_it_is_there_when_planned_work_is_due(workers, put):
    an_idle_worker(workers, put)
    task = AITask.objects.create(task_type="noop", input_data={})
    when = timezone.now() + timedelta(seconds=1)

    dispatch(task, run_at=when)

    until(lambda: AITask.objects.get(pk=task.pk).status == "completed")
    assert AITask.objects.get(pk=task.pk).started_at >= when


def test_a_retry_comes_when_it_is_due(workers, put):
    workers.start(*ASLEEP)

    task = put("busy", wait=0.5)

    until(task.is_("completed"))
    assert (task.now().attempt, task.now().error) == (2, "")


def test_what_one_worker_frees_another_takes_up(workers, put):
    stuck = put("stuck")
    first = workers.start(*ASLEEP, "--grace", "0")
    until(lambda: stuck.left(1))
    second = workers.start(*ASLEEP)
    until(lambda: Worker.objects.count() == 2)

    first.terminate()

    until(
        lambda: (
            stuck.now().status == "processing"
            and Task.objects.get(repeat=Task.NEVER).locked_by == name_of(second)
        )
    )


def name_of(process):
    return Worker.objects.get(pid=process.pid).name
