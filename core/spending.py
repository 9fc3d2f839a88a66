"""What model calls have cost, and whom and what they were for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum, UUIDField
from django.db.models.functions import Coalesce

from core.models import ConversationHistory, LessonContent, LLMCall, Syllabus
from core.models.llm_call import Outcome

ROWS = 50
# Refused and unreachable calls report no usage and cost nothing; an answer without a price is a gap in what we know.
UNPRICED = Q(cost__isnull=True, outcome__in=(Outcome.OK, Outcome.INVALID))
FIGURES = {
    "count": Count("pk"),
    "spent": Sum("cost"),
    "unpriced": Count("pk", filter=UNPRICED),
    "replayed": Sum("replays"),
    "not_spent": Sum(F("cost") * F("replays")),
    "sum_in": Sum("tokens_in"),
    "sum_out": Sum("tokens_out"),
}


def summary(calls: "QuerySet[LLMCall]") -> dict[str, Any]:
    """Return the figures of some calls: how many, what they cost, and what replaying them saved.

    `unpriced` are the answers whose price is not known; they are in no sum, and a sum of nothing known is None.
    """
    return calls.order_by().aggregate(**FIGURES)


def by_learner(since: datetime) -> list[dict[str, Any]]:
    """Return the figures of the learners who cost most since a time."""
    return _dearest(_calls(since).values(label=F("learner__username")))


def by_course(since: datetime) -> list[dict[str, Any]]:
    """Return the figures of the dearest courses. Work that led to no course, or whose course is gone, has no label."""
    calls = _calls(since).annotate(course=_course())
    rows = _dearest(calls.values("course"))
    titles = Syllabus.objects.in_bulk([row["course"] for row in rows if row["course"]])
    return [{**row, "label": titles.get(row["course"])} for row in rows]


def by_prompt(since: datetime) -> list[dict[str, Any]]:
    """Return the figures of the dearest wordings of prompts."""
    rows = _dearest(_calls(since).values("prompt", "prompt_version", "model"))
    return [
        {**row, "label": f"{row['prompt']} {row['prompt_version']} → {row['model']}"}
        for row in rows
    ]


def _calls(since: datetime) -> "QuerySet[LLMCall]":
    return LLMCall.objects.filter(created_at__gte=since).order_by()


def _dearest(groups: Any) -> list[dict[str, Any]]:
    return list(
        groups.annotate(**FIGURES).order_by(F("spent").desc(nulls_last=True), "-count")[:ROWS]
    )


def _course() -> Coalesce:
    """Return the course of a call, found by what its task has left: a course, a lesson's text, or a message."""
    made: Sequence[QuerySet[Any]] = (
        Syllabus.objects.order_by().values("pk"),
        LessonContent.objects.order_by().values("lesson__module__syllabus"),
        ConversationHistory.objects.order_by().values("lesson__module__syllabus"),
    )
    found = (Subquery(each.filter(task_id=OuterRef("task_id"))[:1]) for each in made)
    return Coalesce(*found, output_field=UUIDField())
