"""How a finished course task is shown."""

from typing import Any

from django.urls import reverse

from taskqueue.models import AITask
from taskqueue.places import Place


def present_syllabus(task: AITask) -> dict[str, Any]:
    """Lead to the course."""
    result = task.result or {}
    return {"redirect_url": reverse("syllabus:detail", args=[result["syllabus_id"]])}


def place_of_syllabus(task: AITask) -> Place:
    """Lead to the course, or to where it is waited for."""
    path = reverse("syllabus:wait_for_generation", args=[task.pk])
    if task.result:
        path = present_syllabus(task)["redirect_url"]
    return Place(f"Your course on {task.input_data['topic']}", path)
