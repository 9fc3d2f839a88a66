"""What benchmarked tasks do."""

from typing import Any

from taskqueue.models import AITask


def nothing(task: AITask) -> dict[str, Any]:
    return {}
