"""The tasks API: look at a task, cancel it, run it again."""

import hashlib
import json
import uuid
from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import parse_etags, quote_etag, url_has_allowed_host_and_scheme

from core.api import json_endpoint
from taskqueue import steering
from taskqueue.access import visible_task
from taskqueue.presenting import accepted, poll_after, status_body
from taskqueue.registry import place_of
from taskqueue.tray import forget_ended, rows


@json_endpoint("GET")
def check_task_status(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Answer what the task is at, or 304 when that is what the browser knows already."""
    task = visible_task(request, task_id)
    body = status_body(task)
    response = _unless_known(request, body, lambda: JsonResponse(body))
    if task.is_active:
        response["Retry-After"] = str(poll_after(task))
    return response


@json_endpoint("POST")
def cancel_task(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Cancel a waiting or running task; 409 when it ended before."""
    task = visible_task(request, task_id)
    steering.cancel(task)
    return _came_from(request) or JsonResponse(status_body(task))


@json_endpoint("POST")
def retry_task(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Run a failed or cancelled task again; 409 when it is neither."""
    task = visible_task(request, task_id)
    steering.retry(task)
    return _came_from(request) or accepted(task)


@json_endpoint("POST")
def see_task(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Take a task that ended off the tray."""
    visible_task(request, task_id).see()
    return _came_from(request) or HttpResponse(status=204)


@json_endpoint("GET")
def open_task(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Lead to the page that shows the work; what ended counts as seen from then on."""
    task = visible_task(request, task_id)
    place = place_of(task)
    if not task.is_active and task.user_id == request.user.pk:
        task.see()
    return redirect(place.path if place else "home")


@json_endpoint("GET", "POST")
def tray(request: HttpRequest) -> HttpResponse:
    """Answer what the tray shows as a piece of HTML, or 304; a POST takes off it what has ended."""
    if request.method == "POST":
        forget_ended(cast(int, request.user.pk))
        return _came_from(request) or HttpResponse(status=204)
    shown = rows(request.user)
    known = [[row.task.pk, row.task.updated_at, row.line, row.is_shown] for row in shown]
    return _unless_known(
        request, known, lambda: render(request, "taskqueue/_tray.html", {"rows": shown})
    )


def _unless_known(
    request: HttpRequest, facts: Any, answer: Callable[[], HttpResponse]
) -> HttpResponse:
    """Return the answer that says these facts, or 304 when the browser knows them already (RFC 9110, 13.1.2)."""
    known = json.dumps(facts, sort_keys=True, default=str)
    etag = quote_etag(hashlib.sha256(known.encode()).hexdigest()[:32])
    is_known = etag in parse_etags(request.headers.get("If-None-Match", ""))
    response = HttpResponseNotModified() if is_known else answer()
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def _came_from(request: HttpRequest) -> HttpResponse | None:
    """Return the way back for a plain form, which says in `next` which of our pages it stands on."""
    back = request.POST.get("next", "")
    if back and url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        return redirect(back)
    return None
