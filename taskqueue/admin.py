"""Where an operator finds the sick task."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from taskqueue import steering
from taskqueue.errors import QueueFull, WrongState
from taskqueue.estimates import kept
from taskqueue.models import AITask, Pause, Worker
from taskqueue.retention import RETENTION


@admin.register(AITask)
class AITaskAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Read-only, but for the two things that may be done to a task: run it again, cancel it."""

    list_display = [
        "kind",
        "status",
        "error_code",
        "short_error",
        "attempts",
        "user",
        "created_at",
        "waited",
        "ran",
    ]
    list_filter = ["status", "task_type", "model", "error_code", "created_at"]
    search_fields = ["task_id", "user__username", "subject", "error", "error_detail"]
    list_select_related = ["user"]
    date_hierarchy = "created_at"
    ordering = ["-created_at"]
    actions = ["retry_selected", "cancel_selected"]
    fieldsets = [
        (
            None,
            {"fields": ["task_id", "task_type", "status", "user", "subject", "model", "priority"]},
        ),
        ("Attempts", {"fields": ["attempt", "max_attempts", "next_attempt_at", "fence", "ticket"]}),
        (
            "Times",
            {"fields": ["created_at", "queued_at", "started_at", "finished_at", "updated_at"]},
        ),
        (
            "Range shown",
            {"fields": ["expected_from", "expected_at", "expected_until", "ended_as_expected"]},
        ),
        ("What went wrong", {"fields": ["error_code", "error", "traceback"]}),
        ("Data", {"fields": ["dedupe_key", "progress", "input_data", "result"]}),
    ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Say besides how honest the ranges of time were that learners were shown."""
        ranges = kept(timezone.now() - RETENTION)
        return super().changelist_view(request, {**(extra_context or {}), "ranges": ranges})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AITask | None = None) -> bool:
        """Refuse to delete tasks by themselves; with their learner they may go."""
        here = request.resolver_match.view_name if request.resolver_match else ""
        return not here.startswith("admin:taskqueue_aitask_")

    def get_readonly_fields(self, request: HttpRequest, obj: AITask | None = None) -> list[str]:
        return [field.name for field in AITask._meta.fields] + ["traceback"]

    @admin.display(description="work", ordering="task_type")
    def kind(self, task: AITask) -> str:
        return task.get_task_type_display()

    @admin.display(description="attempts", ordering="attempt")
    def attempts(self, task: AITask) -> str:
        return f"{task.attempt} of {task.max_attempts}"

    @admin.display(description="waited")
    def waited(self, task: AITask) -> str:
        return _seconds(task.created_at, task.started_at)

    @admin.display(description="ran")
    def ran(self, task: AITask) -> str:
        return _seconds(task.started_at, task.finished_at)

    @admin.display(description="told the learner")
    def short_error(self, task: AITask) -> str:
        return task.error[:80]

    @admin.display(description="traceback")
    def traceback(self, task: AITask) -> SafeString | str:
        return format_html("<pre>{}</pre>", task.error_detail) if task.error_detail else "–"

    @admin.action(description="Retry selected tasks", permissions=["change"])
    def retry_selected(self, request: HttpRequest, tasks: QuerySet[AITask]) -> None:
        self._steer(request, tasks, steering.retry, "queued again")

    @admin.action(description="Cancel selected tasks", permissions=["change"])
    def cancel_selected(self, request: HttpRequest, tasks: QuerySet[AITask]) -> None:
        self._steer(request, tasks, steering.cancel, "cancelled")

    def _steer(self, request: HttpRequest, tasks: QuerySet[AITask], act: Any, done: str) -> None:
        """Do `act` to each task; one that refuses never keeps the others from it."""
        refused = []
        for task in tasks:
            try:
                act(task)
            except (WrongState, QueueFull) as refusal:
                refused.append(f"{task}: {refusal}")
        self.message_user(request, f"{len(tasks) - len(refused)} of {len(tasks)} {done}.")
        for line in refused:
            self.message_user(request, line, messages.WARNING)


@admin.register(Worker)
class WorkerAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Who works, with how many slots, and how many of them the provider bears now."""

    list_display = ["__str__", "beat_at", "started_at", "concurrency", "pools", "widths"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Worker | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Worker | None = None) -> bool:
        return False


@admin.register(Pause)
class PauseAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Until when a provider asked to be left alone; deleting a pause ends it."""

    list_display = ["pool", "until", "error_code", "error"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Pause | None = None) -> bool:
        return False


def _seconds(start: Any, end: Any) -> str:
    return f"{(end - start).total_seconds():.1f} s" if start and end else "–"
