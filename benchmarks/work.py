"""What benchmarked AITasks do."""

import time
from typing import Any

from benchmarks import notes
from core.errors import RetryableError
from taskqueue.models import AITask


def noted(task: AITask) -> dict[str, Any]:
    notes.work(task.input_data["number"], task.input_data["seconds"])
    return {}


def thinking(task: AITask) -> dict[str, Any]:
    """Take the seconds that were drawn for the task; some fail at first, and come back by their policy.

    None is told when: the provider has room, and each pool keeps its width.
    """
    time.sleep(task.input_data["seconds"])
    if task.attempt == 1 and task.input_data["fails"]:
        raise RetryableError("The connection broke.")
    return {}
