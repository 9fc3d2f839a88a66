"""What happened to a task, told in order to whoever watches it."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection, models
from django.utils import timezone

from taskqueue.engine.bulk import values_of
from taskqueue.engine.plain import Values, run
from taskqueue.types import FINAL

if TYPE_CHECKING:
    from taskqueue.models.ai_task import AITask

FINAL_NAMES = tuple(str(status) for status in FINAL)
COLUMNS = ("task", "sequence", "name", "data")
INSERT = "INSERT INTO taskqueue_taskevent (task_id, sequence, name, data, created_at) "
ENTRIES = "SELECT column1, column2, column3, column4, %s FROM {values}"


class EventName(models.TextChoices):
    STARTED = "started"
    PROGRESS = "progress"
    TOKEN = "token"  # noqa: S105  (a piece of text)
    RETRY = "retry"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Entry(NamedTuple):
    """An event that is to be written; `sequence` is what `AITask.events` has become by it."""

    task_id: uuid.UUID
    sequence: int
    name: str
    data: dict[str, Any]


def insert_of(entries: Sequence[Entry], others: str = "", given: Sequence[Any] = ()) -> Values:
    """Return the statement that writes entries, and its parameters; `others` selects more of them, with `given`."""
    if not entries:
        return INSERT + others, [*given]
    values, of_entries = values_of(TaskEvent, COLUMNS, entries)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    more = f" UNION ALL {others}" if others else ""
    return INSERT + ENTRIES.format(values=values) + more, [now, *of_entries, *given]


class TaskEventQuerySet(models.QuerySet["TaskEvent"]):
    def append(self, entries: Sequence[Entry]) -> None:
        """Write events by one statement, in the transaction that changed their tasks."""
        if not entries:
            return
        run(*insert_of(entries))

    def before_newest_run(self, task: "AITask") -> int:
        """Return the number after which the newest run is told whole, or the next one if `task` lives anew.

        What came after `task` was read does not count: it belongs to a status that the caller has not seen.
        """
        ends = FINAL_NAMES if task.is_active else ()
        turns = self.filter(task=task, name__in=[EventName.STARTED, *ends])
        last = turns.filter(sequence__lte=task.events).order_by("sequence").last()
        if last is None:
            return 0
        return last.sequence if last.name in ends else last.sequence - 1

    def passing(self, until: datetime) -> "TaskEventQuerySet":
        """Narrow to what nobody needs any more of tasks that ended before `until`: all but how they ended."""
        old = self.filter(created_at__lt=until, task__finished_at__lt=until)
        return old.exclude(name__in=FINAL_NAMES)

    def text_of_stopped(self, task: "AITask") -> str:
        """Return what a cancelled task's last run had said aloud."""
        starts = self.filter(task=task, name=EventName.STARTED).order_by("sequence")
        start = starts.values_list("sequence", flat=True).last()
        said = self.filter(task=task, name=EventName.TOKEN, sequence__gt=start or 0)
        return "".join(
            data["text"] for data in said.order_by("sequence").values_list("data", flat=True)
        )


class TaskEvent(models.Model):
    """One event. Numbers count from 1 for each task and leave no gap, for they come from a counter in its row.

    They are written in the transaction of the change they tell of and on its condition, so that a run that lost its
    task tells nothing, and a task ends exactly once in each of its lives. `data` is what the contract says for `name`.
    """

    Name = EventName

    task = models.ForeignKey(
        "taskqueue.AITask", on_delete=models.CASCADE, related_name="told", db_index=False
    )
    sequence = models.PositiveIntegerField()
    name = models.CharField(max_length=12, choices=EventName)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    objects = TaskEventQuerySet.as_manager()

    class Meta:
        ordering = ["task", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["task", "sequence"], name="task_event_once"),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                name="task_event_passing",
                condition=~models.Q(name__in=FINAL_NAMES),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.name}"
