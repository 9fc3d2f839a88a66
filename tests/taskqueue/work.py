"""Processors and presenters of the tests' own task types: small real ones, reached through the registry."""

from typing import Any

from core.errors import PermanentError, RetryableError
from taskqueue.models import AITask


def echo(task: AITask) -> dict[str, Any]:
    """Complete with the input."""
    task.report("Echoing", 1, 2)
    return {"echo": task.input_data}


def flaky(task: AITask) -> dict[str, Any]:
    """Fail with a passing error until attempt `input_data["good_at"]`."""
    if task.attempt < task.input_data["good_at"]:
        raise RetryableError("The provider is busy.", retry_after=task.input_data.get("wait"))
    return {"attempt": task.attempt}


def hopeless(task: AITask) -> dict[str, Any]:
    raise PermanentError("This cannot be done.")


def buggy(task: AITask) -> dict[str, Any]:
    raise ZeroDivisionError("a bug of ours: secret detail")


def exiting(task: AITask) -> dict[str, Any]:
    raise SystemExit(3)


def cancelled_meanwhile(task: AITask) -> dict[str, Any]:
    """Be cancelled by the owner in the middle, and try to save all the same."""
    AITask.objects.get(pk=task.pk).cancel()
    return task.settle(lambda: {"saved": True})


def present_echo(task: AITask) -> dict[str, Any]:
    return {"html": f"<p>{task.pk}</p>"}
