"""Where staff look at courses, at what learners did with them, and at what models were asked."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from core.models import (
    Assessment,
    ConversationHistory,
    Exercise,
    Lesson,
    LessonContent,
    LLMCall,
    Module,
    Preferences,
    Syllabus,
    UserProgress,
)
from core.money import money
from core.spending import by_course, by_learner, by_prompt, summary

PERIODS = ("1", "7", "30", "365")


class RecordAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that say what happened. They can be deleted with what they belong to, and not written by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ModuleInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Module
    fields = ["position", "title"]
    show_change_link = True
    extra = 0


class LessonInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Lesson
    fields = ["position", "title", "minutes"]
    show_change_link = True
    extra = 0


@admin.register(Syllabus)
class SyllabusAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["title", "level", "user", "lesson_count", "is_public", "model", "created_at"]
    list_filter = ["level", "is_public", "created_at", "model", "chosen_model", "prompt_version"]
    search_fields = ["syllabus_id", "title", "topic", "user__username", "task_id"]
    list_select_related = ["user"]
    date_hierarchy = "created_at"
    autocomplete_fields = ["user"]
    readonly_fields = [
        "syllabus_id",
        "task_id",
        "model",
        "chosen_model",
        "prompt_version",
        "created_at",
        "updated_at",
    ]
    inlines = [ModuleInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Syllabus]:
        courses: QuerySet[Syllabus] = super().get_queryset(request)
        return courses.annotate(lesson_count=Count("modules__lessons"))

    @admin.display(description="lessons", ordering="lesson_count")
    def lesson_count(self, course: Any) -> int:
        count: int = course.lesson_count
        return count


@admin.register(Module)
class ModuleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["title", "syllabus", "position"]
    search_fields = ["module_id", "title", "syllabus__title", "syllabus__user__username"]
    list_select_related = ["syllabus"]
    autocomplete_fields = ["syllabus"]
    inlines = [LessonInline]


@admin.register(Lesson)
class LessonAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["title", "module", "position", "minutes"]
    list_filter = ["module__syllabus__level"]
    search_fields = ["lesson_id", "title", "module__title", "module__syllabus__title"]
    list_select_related = ["module"]
    autocomplete_fields = ["module"]


@admin.register(LessonContent)
class LessonContentAdmin(RecordAdmin):
    list_display = ["lesson", "is_current", "model", "prompt_version", "created_at"]
    list_filter = ["is_current", "created_at", "model", "prompt_version"]
    search_fields = ["content_id", "lesson__title", "exposition", "task_id"]
    list_select_related = ["lesson"]
    date_hierarchy = "created_at"


@admin.register(UserProgress)
class UserProgressAdmin(RecordAdmin):
    list_display = ["user", "lesson", "state", "score", "ability", "completed_at", "updated_at"]
    list_filter = ["state", "updated_at"]
    search_fields = ["user__username", "lesson__title"]
    list_select_related = ["user", "lesson"]


@admin.register(ConversationHistory)
class ConversationHistoryAdmin(RecordAdmin):
    list_display = ["created_at", "user", "lesson", "role", "message_type", "beginning"]
    list_filter = ["role", "message_type", "created_at"]
    search_fields = ["user__username", "lesson__title", "content", "task_id"]
    list_select_related = ["user", "lesson"]
    date_hierarchy = "created_at"
    ordering = ["-pk"]

    @admin.display(description="content")
    def beginning(self, message: ConversationHistory) -> str:
        return message.content[:80]


@admin.register(Exercise)
class ExerciseAdmin(RecordAdmin):
    list_display = [
        "question",
        "kind",
        "user",
        "lesson",
        "state",
        "attempts",
        "score",
        "created_at",
    ]
    list_filter = ["kind", "state", "created_at"]
    search_fields = ["exercise_id", "question", "user__username", "lesson__title"]
    list_select_related = ["user", "lesson"]
    ordering = ["-created_at"]


@admin.register(Assessment)
class AssessmentAdmin(RecordAdmin):
    list_display = ["user", "lesson", "state", "score", "created_at", "finished_at"]
    list_filter = ["state", "created_at"]
    search_fields = ["assessment_id", "user__username", "lesson__title"]
    list_select_related = ["user", "lesson"]


@admin.register(Preferences)
class PreferencesAdmin(RecordAdmin):
    list_display = ["user", "email_when_done"]
    list_filter = ["email_when_done"]
    search_fields = ["user__username"]
    list_select_related = ["user"]


class Replayed(admin.SimpleListFilter):
    title = "replays"
    parameter_name = "replayed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Replayed instead of paid again")]

    def queryset(self, request: HttpRequest, calls: QuerySet[LLMCall]) -> QuerySet[LLMCall]:
        return calls.filter(replays__gt=0) if self.value() else calls


@admin.register(LLMCall)
class LLMCallAdmin(RecordAdmin):
    """The ledger; not even deleted here, since it is what was paid for."""

    list_display = [
        "created_at",
        "prompt",
        "prompt_version",
        "role",
        "model",
        "outcome",
        "tokens_in",
        "tokens_out",
        "price",
        "seconds",
        "replays",
        "learner",
        "task",
    ]
    list_filter = [
        "outcome",
        Replayed,
        "prompt",
        "prompt_version",
        "role",
        "provider",
        "model",
        "created_at",
    ]
    search_fields = ["task_id", "learner__username", "error", "response"]
    list_select_related = ["learner"]
    date_hierarchy = "created_at"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        costs = self.admin_site.admin_view(self.costs)
        return [path("costs/", costs, name="core_llmcall_costs"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sum up what the list shows, all its pages together."""
        response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None) or {}
        if "cl" in shown:
            shown["summary"] = summary(shown["cl"].queryset)
        return response

    def costs(self, request: HttpRequest) -> HttpResponse:
        """Show what the last days cost: by learner, by course, by prompt."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.get("days", "")
        days = int(asked) if asked in PERIODS else 30
        since = timezone.now() - timedelta(days=days)
        tables = {
            "Learner": by_learner(since),
            "Course": by_course(since),
            "Prompt": by_prompt(since),
        }
        context = {
            **self.admin_site.each_context(request),
            "title": f"What models cost in {days} days",
            "tables": tables,
            "periods": PERIODS,
            "days": str(days),
            "summary": summary(LLMCall.objects.filter(created_at__gte=since)),
        }
        return TemplateResponse(request, "admin/core/llmcall/costs.html", context)

    @admin.display(description="cost", ordering="cost")
    def price(self, call: LLMCall) -> str:
        return money(call.cost)

    @admin.display(description="task", ordering="task_id")
    def task(self, call: LLMCall) -> str:
        return str(call.task_id or "–").partition("-")[0]

    @admin.display(description="seconds", ordering="latency_ms")
    def seconds(self, call: LLMCall) -> str:
        return f"{call.latency_ms / 1000:.1f}"
