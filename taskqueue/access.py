"""Who may see a task."""

import uuid

from django.http import HttpRequest

from core.api import ApiError
from taskqueue.models import AITask


def visible_task(request: HttpRequest, task_id: uuid.UUID) -> AITask:
    """Return the task for its owner or for staff; to everyone else it does not exist (ApiError 404)."""
    task = AITask.objects.visible_to(request.user).filter(task_id=task_id).first()
    if task is None:
        raise ApiError(404, "not_found", "There is no such task.")
    return task
