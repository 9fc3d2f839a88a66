"""The tasks API: look at a task, cancel it, run it again."""

import hashlib
import json
import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import redirect
from django.utils.http import parse_etags, quote_etag, url_has_allowed_host_and_scheme

from core.api import json_endpoint
from taskqueue import steering
from taskqueue.access import visible_task
from taskqueue.presenting import accepted, poll_after, status_body


@json_endpoint("GET")
def check_task_status(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Answer what the task is at, or 304 when that is what the browser knows already."""
    task = visible_task(request, task_id)
    body = status_body(task)
    etag = quote_etag(hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32])
    response: HttpResponse = JsonResponse(body)
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponseNotModified()
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
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


def _came_from(request: HttpRequest) -> HttpResponse | None:
    """Return the way back for a plain form, which says in `next` which of our pages it stands on."""
    back = request.POST.get("next", "")
    if back and url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        return redirect(back)
    return None
