"""Task types of the tests' own, so that the queue is tested without a course."""

from collections.abc import Callable

import pytest
from background_task.models import Task
from django.contrib.auth.models import User

from taskqueue.enqueue import enqueue
from taskqueue.models import AITask
from taskqueue.registry import REGISTRY, Priority, TaskSpec
from taskqueue.retry import RetryPolicy

KINDS = ("echo", "flaky", "hopeless", "buggy", "exiting", "cancelled_meanwhile")


@pytest.fixture(autouse=True)
def task_types(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in KINDS:
        spec = TaskSpec(
            processor=f"tests.taskqueue.work.{kind}",
            presenter="tests.taskqueue.work.present_echo",
            pool="bulk",
            priority=Priority.BULK,
            retry=RetryPolicy(base=60),
        )
        monkeypatch.setitem(REGISTRY, kind, spec)


Put = Callable[..., AITask]


@pytest.fixture
def put(alice: User) -> Put:
    """Queue a task of alice's."""

    def put(kind: str = "echo", **options: object) -> AITask:
        options = {"user": alice, "input_data": {"n": 1}, **options}
        return enqueue(kind, **options)[0]  # type: ignore[arg-type]

    return put


def row_of(task: AITask) -> Task:
    """Return the queue row that leads to the next run of `task`."""
    task.refresh_from_db()
    return Task.objects.get(task_params=f'[["{task.pk}", {task.ticket}], {{}}]')
