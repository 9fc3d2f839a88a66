"""What a web process says about a task: the bodies of the tasks API."""

from typing import Any

from django.http import JsonResponse
from django.urls import reverse
from django.utils import timezone

from taskqueue.estimates import eta_seconds, pause_of, queue_position
from taskqueue.models import AITask, TaskStatus
from taskqueue.registry import spec_of

POLL_AFTER = 1
POLL_AT_MOST = 30


def task_urls(task: AITask) -> dict[str, str]:
    """Return every address a script needs for the task, so that none builds one."""
    names = {"status_url": "status", "events_url": "events"}
    names |= {"cancel_url": "cancel", "retry_url": "retry", "seen_url": "see"}
    return {key: reverse(f"taskqueue:{name}", args=[task.pk]) for key, name in names.items()}


def accepted(task: AITask) -> JsonResponse:
    """Return the 202 of accepted work: its status, so that a page can say at once where it stands."""
    return JsonResponse({**status_body(task), "status": "pending"}, status=202)


def status_body(task: AITask) -> dict[str, Any]:
    """Return the status of a task as the contract has it: always these keys, more when it ended."""
    body: dict[str, Any] = {
        "task_id": str(task.pk),
        "task_type": task.task_type,
        "created_at": _iso(task.created_at),
        "updated_at": _iso(task.updated_at),
        "started_at": _iso(task.started_at),
        "finished_at": _iso(task.finished_at),
        "attempt": task.attempt,
        "max_attempts": task.max_attempts,
        **standing(task),
        **task_urls(task),
    }
    if task.status == TaskStatus.COMPLETED:
        body |= {"result": task.result, **spec_of(task.task_type).load_presenter()(task)}
    elif task.status == TaskStatus.CANCELLED and spec_of(task.task_type).keep_stopped:
        body |= spec_of(task.task_type).load_presenter()(task)
    return body


def standing(task: AITask) -> dict[str, Any]:
    """Return what of the status a learner is told in words; `error` is there when something went wrong."""
    waits = task.next_attempt_at is not None and task.next_attempt_at > timezone.now()
    body = {
        "status": task.status,
        "next_attempt_at": _iso(task.next_attempt_at if waits else None),
        "progress": task.progress,
        "queue_position": queue_position(task),
        "eta_seconds": eta_seconds(task),
    }
    if task.status == TaskStatus.FAILED or (task.is_active and task.error_code):
        body |= {"error": task.error, "error_code": task.error_code}
    if (pause := pause_of(task)) and pause.until > (task.next_attempt_at or task.created_at):
        body |= {"error": pause.error, "error_code": pause.error_code}
        body["next_attempt_at"] = _iso(pause.until)
    return body


def poll_after(task: AITask) -> int:
    """Return the seconds after which a look is worth while: one, or until a planned retry (at most 30)."""
    if task.next_attempt_at is None:
        return POLL_AFTER
    wait = (task.next_attempt_at - timezone.now()).total_seconds()
    return int(min(POLL_AT_MOST, max(POLL_AFTER, wait)))


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment is not None else None
