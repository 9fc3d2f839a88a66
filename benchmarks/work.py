"""What benchmarked tasks do."""

import time
from typing import Any

from core.errors import RetryableError
from taskqueue.models import AITask


def nothing(task: AITask) -> dict[str, Any]:
    return {}


def thinking(task: AITask) -> dict[str, Any]:
    """Take the seconds that were drawn for the task; some fail at first and are told to come back."""
    time.sleep(task.input_data["seconds"])
    if task.attempt == 1 and task.input_data["fails"]:
        raise RetryableError("The provider is busy.", retry_after=2)
    return {}
