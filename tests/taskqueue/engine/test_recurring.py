"""Recurring work under several workers that are real processes."""

from datetime import timedelta

from background_task.models import CompletedTask, Task
from django.utils import timezone

from taskqueue.models import Worker
from taskqueue.schedules import SCHEDULES, ensure_schedules, next_tick
from tests.taskqueue.engine.conftest import until

PRUNE = "taskqueue.tasks.run_prune"


def test_a_tick_that_several_workers_wait_for_fires_once(workers, put):
    for _ in range(3):
        workers.start("--skip-checks")
    until(lambda: Worker.objects.count() == 3)
    ensure_schedules()
    tick = next_tick(SCHEDULES[0].at, timezone.now()) - timedelta(days=4)

    Task.objects.filter(task_name=PRUNE).update(run_at=tick)

    until(CompletedTask.objects.filter(task_name=PRUNE).exists)
    after = put("note")
    until(after.is_("completed"))
    assert CompletedTask.objects.filter(task_name=PRUNE).count() == 1
    following = Task.objects.get(task_name=PRUNE)
    assert (following.run_at - tick) % timedelta(days=1) == timedelta(0)
    assert timezone.now() < following.run_at <= timezone.now() + timedelta(days=1)
