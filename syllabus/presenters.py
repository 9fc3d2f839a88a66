"""How a finished course task is shown."""

from typing import Any

from django.urls import reverse

from taskqueue.models import AITask


def present_syllabus(task: AITask) -> dict[str, Any]:
    """Lead to the course."""
    result = task.result or {}
    return {"redirect_url": reverse("syllabus:detail", args=[result["syllabus_id"]])}
