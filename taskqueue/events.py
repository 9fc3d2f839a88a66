"""A task's life as Server-Sent Events (WHATWG HTML, section 9.2)."""

import uuid
from typing import cast

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from core.api import json_endpoint
from taskqueue.access import visible_task
from taskqueue.models import AITask, TaskEvent
from taskqueue.streaming.application import HANDOVER
from taskqueue.streaming.reader import BEGINNING, Subscription, Visit, as_event


@json_endpoint("GET")
def task_events(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Send what is told of a task after `Last-Event-ID`, as it happens.

    Whoever has seen the end is told to stay away (204). Under a server that cannot stream, what there is already is
    the whole answer; EventSource comes back for more by itself.
    """
    task = visible_task(request, task_id)
    after = _place(request, task)
    if after == task.events and not task.is_active:
        return HttpResponse(status=204)
    response = HttpResponse(content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    handover = request.META.get("asgi.scope", {}).get(HANDOVER)
    if handover is not None:
        handover.subscription = Subscription(task.pk, after, _visit(request, task))
    else:
        response.content = BEGINNING + told_after(task, after)
    return response


def told_after(task: AITask, after: int) -> bytes:
    """Return the events with larger numbers than `after`."""
    told = TaskEvent.objects.filter(task=task, sequence__gt=after).order_by("sequence")
    return b"".join(as_event(*event) for event in told.values_list("sequence", "name", "data"))


def _place(request: HttpRequest, task: AITask) -> int:
    """Return the number after which to go on.

    A reader who comes back goes on after what it has seen, unless a newer run has begun, which tells its text anew. A
    new reader, or one with a number that was never given, begins with the newest run, or with the end when it is over.
    """
    last = request.headers.get("Last-Event-ID", "")
    newest = TaskEvent.objects.before_newest_run(task)
    if last.isascii() and last.isdigit() and 0 < int(last) <= task.events:
        return max(int(last), newest)
    return newest if task.is_active else max(0, task.events - 1)


def _visit(request: HttpRequest, task: AITask) -> Visit:
    session, user = request.session, cast(User, request.user)
    auth_hash = session.get(HASH_SESSION_KEY, "")
    return Visit(session.session_key or "", auth_hash, user.pk, as_staff=task.user_id != user.pk)
