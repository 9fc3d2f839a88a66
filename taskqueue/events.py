"""A task's life as Server-Sent Events (WHATWG HTML, section 9.2)."""

import json
import uuid
from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from core.api import json_endpoint
from taskqueue.access import visible_task
from taskqueue.models import AITask, TaskStatus
from taskqueue.presenting import poll_after, status_body

NAMES = {
    TaskStatus.PENDING: "progress",
    TaskStatus.PROCESSING: "progress",
    TaskStatus.COMPLETED: "completed",
    TaskStatus.FAILED: "failed",
    TaskStatus.CANCELLED: "cancelled",
}


@json_endpoint("GET")
def task_events(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Send what changed after `Last-Event-ID` and end the response.

    EventSource comes back by itself after `retry:`, so that a reader holds no thread while nothing happens. Once
    it has the final event it is told to stay away (204).
    """
    task = visible_task(request, task_id)
    number = sequence_number(task)
    seen = _last_seen(request)
    if seen >= number and not task.is_active:
        return HttpResponse(status=204)
    lines = [f"retry: {1000 * poll_after(task)}"]
    if seen < number:
        lines += [f"id: {number}", f"event: {NAMES[TaskStatus(task.status)]}"]
        lines += [f"data: {json.dumps(status_body(task))}"]
    response = HttpResponse("\n".join(lines) + "\n\n", content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    return response


def sequence_number(task: AITask) -> int:
    """Return a number that grows with every change of the task: microseconds since it was created."""
    return (task.updated_at - task.created_at) // timedelta(microseconds=1) + 1


def _last_seen(request: HttpRequest) -> int:
    last = request.headers.get("Last-Event-ID", "")
    return int(last) if last.isascii() and last.isdigit() else 0
