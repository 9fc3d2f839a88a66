"""What pages show of a learner's work."""

from datetime import timedelta
from typing import Any

from django import template
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from taskqueue import tray, wording
from taskqueue.models import AITask, TaskStatus
from taskqueue.presenting import standing, task_urls
from taskqueue.registry import place_of
from taskqueue.types import ACTIVE

register = template.Library()

SHOWN = 20
FAILURES_STAY = timedelta(days=7)


@register.inclusion_tag("taskqueue/task_rows.html", takes_context=True)
def task_rows(context: template.Context, user: Any) -> dict[str, Any]:
    """Show what is being made for `user`, and what failed in the last week and was not asked for anew since."""
    of_user = AITask.objects.of(user.pk)
    same = {"task_type": OuterRef("task_type"), "dedupe_key": OuterRef("dedupe_key")}
    newer = of_user.filter(created_at__gt=OuterRef("created_at"), **same).exclude(dedupe_key="")
    recent = timezone.now() - FAILURES_STAY
    failed = Q(status=TaskStatus.FAILED, created_at__gte=recent) & ~Exists(newer)
    tasks = of_user.filter(Q(status__in=ACTIVE) | failed).order_by("-created_at")[:SHOWN]
    rows = [(task, place_of(task)) for task in tasks]
    is_active = any(task.is_active for task, _ in rows)
    return {"rows": rows, "is_active": is_active, "request": context.get("request")}


@register.simple_tag
def tray_rows(user: Any) -> list[tray.Row]:
    """Return what the tray shows."""
    return tray.rows(user)


@register.filter
def shown_count(rows: list[tray.Row]) -> str:
    """Return how many rows are shown, as the tray's badge has it: nothing for none."""
    return str(sum(row.is_shown for row in rows) or "")


@register.simple_tag
def task_line(task: AITask | None, working: str, kept: str = "") -> SafeString | str:
    """Say where a task is, as `wording.line` does."""
    if task is None:
        return working
    return said(wording.line(standing(task), working, kept))


@register.filter
def said(line: wording.Line) -> SafeString | str:
    """Return a line as HTML; its time is UTC until a script says it in the reader's own."""
    text, at, kept = line
    if at is None:
        return f"{text} {kept}".strip()
    time = '{} at <time datetime="{}" data-local="time">{} UTC</time>. {}'
    return format_html(time, text, at.isoformat(), at.strftime("%H:%M"), kept)


@register.filter(name="task_urls")
def task_urls_of(task: AITask | None) -> dict[str, str]:
    """Return the task's addresses, for `data-` attributes; none without a task."""
    return task_urls(task) if task else {}
