"""AITask: one piece of work a model does for a learner, and the whole of its life."""

import uuid
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from taskqueue.errors import LeaseLost, WrongState
from taskqueue.models.task_event import Entry, EventName, TaskEvent
from taskqueue.querysets import AITaskQuerySet
from taskqueue.time_ordered import uuid7
from taskqueue.types import ACTIVE, FINAL, TaskStatus, TaskType, task_type_choices

Result = dict[str, Any]


class AITask(models.Model):
    """The row owns its lifecycle: every transition is a conditional update here, or in `taskqueue.engine` for many
    tasks at once.

    `fence` is the fencing token: it grows with every run, so that a run that lost the task can be told from the one
    that has it (Kleppmann, "How to do distributed locking", 2016). `attempt` counts runs from 1. `ticket` grows
    with every row written into the queue for the task: only the newest row may run it. `subject` names what the
    work is about (`lesson:<id>`), so that a page finds it again; `dedupe_key` makes the same work run once, and of one
    `coalesce_key` only the newest runs, never two at a time (`taskqueue.coalescing`). `events`
    counts the TaskEvents: a transition adds to it in its own update, which so gives each event its number.
    `expected_…` is the range of time shown when the work was asked for; the database holds it against the real end.
    """

    Type = TaskType
    Status = TaskStatus

    task_id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task_type = models.CharField(max_length=40, choices=task_type_choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="ai_tasks",
        db_index=False,  # `aitask_user_status` begins with it
    )
    status = models.CharField(max_length=12, choices=TaskStatus, default=TaskStatus.PENDING)
    priority = models.SmallIntegerField(default=0, help_text="Higher runs first.")
    subject = models.CharField(max_length=100, blank=True, default="")
    dedupe_key = models.CharField(max_length=200, blank=True, default="")
    coalesce_key = models.CharField(max_length=200, blank=True, default="")
    model = models.CharField(max_length=130, blank=True, default="", help_text="provider:model")
    input_data = models.JSONField(default=dict)
    result = models.JSONField(null=True, blank=True)
    progress = models.JSONField(null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    fence = models.PositiveBigIntegerField(default=0)
    ticket = models.PositiveIntegerField(default=0)
    events = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True, default="", help_text="What the learner is told.")
    error_code = models.CharField(max_length=40, blank=True, default="")
    error_detail = models.TextField(blank=True, default="", help_text="Traceback, for staff.")
    created_at = models.DateTimeField(default=timezone.now)
    queued_at = models.DateTimeField(default=timezone.now, help_text="Last asked for by somebody.")
    updated_at = models.DateTimeField(auto_now=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, help_text="An e-mail said how it ended.")
    seen_at = models.DateTimeField(null=True, blank=True, help_text="When the learner saw its end.")
    archived_at = models.DateTimeField(null=True, blank=True)
    expected_from = models.DateTimeField(null=True, blank=True, editable=False)
    expected_at = models.DateTimeField(null=True, blank=True, editable=False)
    expected_until = models.DateTimeField(null=True, blank=True, editable=False)
    ended_as_expected = models.GeneratedField(
        expression=models.ExpressionWrapper(
            models.Q(finished_at__gte=F("expected_from"), finished_at__lte=F("expected_until")),
            output_field=models.BooleanField(null=True),
        ),
        output_field=models.BooleanField(null=True),
        db_persist=True,
    )

    objects = AITaskQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "AI task"
        indexes = [
            models.Index(fields=["user", "status"], name="aitask_user_status"),
            models.Index(fields=["subject", "created_at"], name="aitask_subject"),
            models.Index(fields=["status", "-priority", "created_at"], name="aitask_order"),
            models.Index(
                fields=["task_type", "model", "finished_at"],
                condition=models.Q(status__in=(TaskStatus.COMPLETED, TaskStatus.FAILED)),
                name="aitask_ended",
            ),
            models.Index(
                fields=["task_type", "coalesce_key", "-queued_at"],
                condition=~models.Q(coalesce_key=""),
                name="aitask_newest",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["task_type", "dedupe_key"],
                condition=models.Q(status__in=ACTIVE) & ~models.Q(dedupe_key=""),
                name="aitask_active_once",
            ),
            models.UniqueConstraint(
                fields=["task_type", "coalesce_key"],
                condition=models.Q(status=TaskStatus.PENDING, fence=0) & ~models.Q(coalesce_key=""),
                name="aitask_coalesced",
            ),
            models.UniqueConstraint(
                fields=["task_type", "coalesce_key"],
                condition=models.Q(status=TaskStatus.PROCESSING) & ~models.Q(coalesce_key=""),
                name="aitask_runs_alone",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=list(TaskStatus)), name="aitask_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=FINAL, finished_at__isnull=False)
                | models.Q(status__in=ACTIVE, finished_at__isnull=True),
                name="aitask_final_has_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_task_type_display()} {self.task_id}"

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def has_attempts_left(self) -> bool:
        return self.attempt < self.max_attempts

    def issue_ticket(self) -> int:
        """Return the number of a new queue row; rows with older numbers run nothing from now on."""
        AITask.objects.filter(task_id=self.task_id).update(ticket=F("ticket") + 1)
        self.refresh_from_db(fields=["ticket"])
        return self.ticket

    def begin(self, ticket: int | None = None) -> bool:
        """Take the task for a new run; False when it ended, or when `ticket` is not the newest.

        A task found `processing` was left behind by a dead worker: whoever holds its queue row takes it over.
        """
        mine = AITask.objects.filter(task_id=self.task_id, status__in=ACTIVE, fence=self.fence)
        if ticket is not None:
            mine = mine.filter(ticket=ticket)
        with transaction.atomic():
            took = mine.update(
                status=TaskStatus.PROCESSING,
                attempt=F("attempt") + 1,
                fence=F("fence") + 1,
                started_at=timezone.now(),
                next_attempt_at=None,
                progress=None,
                updated_at=timezone.now(),
                events=F("events") + 1,
            )
            self.refresh_from_db()
            if took:
                TaskEvent.objects.append([self.start_entry()])
        return bool(took)

    def start_entry(self) -> Entry:
        """Return the event of a run that has just begun; `events` counts it already."""
        data = {"attempt": self.attempt, "max_attempts": self.max_attempts}
        return Entry(self.task_id, self.events, EventName.STARTED, data)

    def hold(self) -> None:
        """Raise LeaseLost unless this run still owns the task."""
        if not AITask.objects.held(self.task_id, self.fence).exists():
            raise LeaseLost

    def report(
        self, step: str, done: int = 0, total: int = 0, preview: dict[str, Any] | None = None
    ) -> None:
        """Show the learner what is being done, and in `preview` what there is of it already.

        LeaseLost when this run no longer owns the task.
        """
        progress: dict[str, Any] = {"step": step, "done": done, "total": total}
        progress |= {"preview": preview} if preview else {}
        self._transition({"progress": progress}, EventName.PROGRESS, progress)

    def settle(self, save: Callable[[], Result]) -> Result:
        """Write the result of this run: `save`'s rows and the completion commit together or not at all.

        `save` returns the task's JSON-able result. LeaseLost, and nothing saved, when the run lost the task.
        """
        with transaction.atomic():
            self._lock()
            result = save()
            self._end(TaskStatus.COMPLETED, result=result, error="", error_code="", error_detail="")
        return result

    def retry_at(self, when: datetime, *, error: str, code: str, detail: str) -> None:
        """Put the task back to wait until `when`, with the reason the last run ended."""
        self._transition(
            {
                "status": TaskStatus.PENDING,
                "next_attempt_at": when,
                "progress": None,
                "error": error,
                "error_code": code,
                "error_detail": detail,
            },
            EventName.RETRY,
            retry_data(self.attempt, when, error, code),
        )

    def hand_back(self, when: datetime) -> None:
        """Put the task back to wait until `when` as if this run had not been: it does not count as an attempt."""
        self._transition(
            {
                "status": TaskStatus.PENDING,
                "attempt": self.attempt - 1,
                "next_attempt_at": when,
                "progress": None,
            },
            EventName.RETRY,
            retry_data(self.attempt - 1, when),
        )

    def fail(self, *, error: str, code: str, detail: str) -> None:
        """End the task as failed; `error` is for the learner, `detail` for staff."""
        self._end(TaskStatus.FAILED, error=error, error_code=code, error_detail=detail)

    def cancel(self, among: Collection[str] = ACTIVE, **reason: str) -> None:
        """End the task if its status is `among` these, WrongState if not; a run of it can save nothing any more.

        `reason` may have an `error` and an `error_code`.
        """
        with transaction.atomic():
            ended = AITask.objects.filter(task_id=self.task_id, status__in=among).update(
                **reason,
                status=TaskStatus.CANCELLED,
                finished_at=timezone.now(),
                updated_at=timezone.now(),
                next_attempt_at=None,
                fence=F("fence") + 1,
                events=F("events") + 1,
            )
            self.refresh_from_db()
            if not ended:
                raise WrongState
            TaskEvent.objects.append([final_entry(self.task_id, self.events, self.status)])

    def reopen(self) -> None:
        """Give a failed or cancelled task a fresh set of attempts; its queue row is the caller's to write."""
        reopened = AITask.objects.filter(
            task_id=self.task_id, status__in=(TaskStatus.FAILED, TaskStatus.CANCELLED)
        ).update(
            status=TaskStatus.PENDING,
            attempt=0,
            queued_at=timezone.now(),
            told_at=None,
            seen_at=None,
            expected_from=None,
            expected_at=None,
            expected_until=None,
            finished_at=None,
            progress=None,
            error="",
            error_code="",
            error_detail="",
            updated_at=timezone.now(),
        )
        if not reopened:
            raise WrongState
        self.refresh_from_db()

    def see(self) -> None:
        """Note that the learner has seen how it ended."""
        AITask.objects.filter(task_id=self.task_id, seen_at__isnull=True).update(
            seen_at=timezone.now()
        )

    def _lock(self) -> None:
        """Keep others from taking the task until the end of the transaction; LeaseLost when they have."""
        held = AITask.objects.held(self.task_id, self.fence)
        if not held.update(updated_at=timezone.now()):
            raise LeaseLost

    def _end(self, status: TaskStatus, **fields: Any) -> None:
        ending = {"status": status, "finished_at": timezone.now(), "next_attempt_at": None}
        with transaction.atomic():
            self._transition({**ending, **fields}, EventName(str(status)), {"status": status})
            _notify([self])

    def _transition(self, fields: dict[str, Any], event: EventName, data: dict[str, Any]) -> None:
        """Change named fields of a run that still holds the task, in the row and here, and tell of it."""
        fields = {"updated_at": timezone.now(), **fields}
        with transaction.atomic():
            held = AITask.objects.held(self.task_id, self.fence)
            if not held.update(**fields, events=F("events") + 1):
                raise LeaseLost
            number = AITask.objects.values_list("events", flat=True).get(task_id=self.task_id)
            TaskEvent.objects.append([Entry(self.task_id, number, event, data)])
        for name, value in {**fields, "events": number}.items():
            setattr(self, name, value)


def _notify(ended: "list[AITask]") -> None:
    from taskqueue.notices import notify  # which knows this model

    notify(ended)


def final_entry(task_id: uuid.UUID, number: int, status: str) -> Entry:
    """Return the one event that ends a task."""
    return Entry(task_id, number, status, {"status": status})


def retry_data(
    attempt: int, when: datetime | None, error: str = "", code: str = ""
) -> dict[str, Any]:
    """Return what the event of a run that will be tried again says; without `when` that is at once."""
    return {
        "attempt": attempt,
        "error": error,
        "error_code": code,
        "next_attempt_at": when.isoformat() if when else None,
    }
