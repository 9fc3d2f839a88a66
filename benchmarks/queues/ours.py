"""Techtree's queue, with the whole life of an AITask: enqueue(), task and row, worker, completed task."""

import sys
from collections.abc import Sequence
from functools import cached_property

from background_task.models import CompletedTask, Task
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction

from taskqueue.enqueue import enqueue
from taskqueue.models import AITask, TaskEvent, Worker
from taskqueue.registry import spec_of
from taskqueue.tasks import process_ai_task

LEARNERS = 10_000  # so that the deepest queue is within each one's share
AT_ONCE = 5_000


class Queue:
    def install(self) -> None:
        call_command("migrate", verbosity=0)
        users = [User(username=f"learner{number}") for number in range(LEARNERS)]
        User.objects.bulk_create(users, batch_size=AT_ONCE)

    def command(self, slots: int) -> Sequence[str]:
        # The rehearsal of its imports in a child process is left out: it would be measured as the worker's.
        command = [sys.executable, "manage.py", "process_tasks", "--skip-checks"]
        return [*command, "--concurrency", str(slots)]

    def enqueue(self, number: int, seconds: float = 0.0) -> None:
        with transaction.atomic():
            enqueue("noted", user=self._learner(number), input_data=_data(number, seconds))

    def fill(self, numbers: Sequence[int], seconds: float = 0.0) -> None:
        """Write the rows that enqueue() writes, by fewer statements."""
        with transaction.atomic():
            for start in range(0, len(numbers), AT_ONCE):
                some = numbers[start : start + AT_ONCE]
                tasks = AITask.objects.bulk_create(self._task(number, seconds) for number in some)
                Task.objects.bulk_create(map(_row, tasks))

    def is_over(self) -> bool:
        return not AITask.objects.active().exists()

    def clear(self) -> None:
        for model in (TaskEvent, AITask, Task, CompletedTask, Worker):
            model.objects.all()._raw_delete(connection.alias)

    def tidy(self) -> None:
        """Let PostgreSQL do now what it does by itself within a minute."""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")

    def move_workers(self) -> None:
        """Let the workers that run now seem to be another host's."""
        Worker.objects.update(machine="another host")

    @cached_property
    def _learners(self) -> list[User]:
        return list(User.objects.order_by("pk"))

    def _learner(self, number: int) -> User:
        return self._learners[number % LEARNERS]

    def _task(self, number: int, seconds: float) -> AITask:
        return AITask(
            task_type="noted",
            user=self._learner(number),
            input_data=_data(number, seconds),
            priority=spec_of("noted").priority,
            ticket=1,
        )


def _row(task: AITask) -> Task:
    return Task.objects.new_task(
        process_ai_task.name,
        (str(task.pk), task.ticket),
        {},
        priority=task.priority,
        queue=spec_of(task.task_type).pool,
        verbose_name=str(task),
        creator=task.user,
    )


def _data(number: int, seconds: float) -> dict[str, float]:
    return {"number": number, "seconds": seconds}
