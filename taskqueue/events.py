"""A task's life as Server-Sent Events (WHATWG HTML, section 9.2)."""

import uuid

from django.http import HttpRequest, HttpResponse

from core.api import json_endpoint
from taskqueue.access import visible_task
from taskqueue.models import AITask, TaskEvent
from taskqueue.streaming.application import HANDOVER
from taskqueue.streaming.reader import BEGINNING, Subscription, as_event


@json_endpoint("GET")
def task_events(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Send what is told of a task after `Last-Event-ID`, as it happens.

    Whoever has seen the end is told to stay away (204). Under a server that cannot stream, what there is already is
    the whole answer; EventSource comes back for more by itself.
    """
    task = visible_task(request, task_id)
    after = _last_seen(request, task)
    if after == task.events and not task.is_active:
        return HttpResponse(status=204)
    response = HttpResponse(content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    handover = request.META.get("asgi.scope", {}).get(HANDOVER)
    if handover is not None:
        handover.subscription = Subscription(task.pk, after, request.session.session_key or "")
    else:
        response.content = BEGINNING + told_after(task, after)
    return response


def told_after(task: AITask, after: int) -> bytes:
    """Return the events with larger numbers than `after`."""
    told = TaskEvent.objects.filter(task=task, sequence__gt=after).order_by("sequence")
    return b"".join(as_event(*event) for event in told.values_list("sequence", "name", "data"))


def _last_seen(request: HttpRequest, task: AITask) -> int:
    """Return the number after which to go on; a number that was never given means a new reader."""
    last = request.headers.get("Last-Event-ID", "")
    if last.isascii() and last.isdigit() and 0 < int(last) <= task.events:
        return int(last)
    return TaskEvent.objects.before_newest_life(task)
