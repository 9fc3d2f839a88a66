"""What the queue row of an AITask says."""

import json
import uuid
from typing import NamedTuple, Protocol

from taskqueue.tasks import process_ai_task

AI_TASK: str = process_ai_task.name


class QueueRow(Protocol):
    @property
    def task_name(self) -> str: ...

    @property
    def task_params(self) -> str: ...


class Ticket(NamedTuple):
    """Which task a row may run, and the number it was given; None admits the row whatever its number."""

    task_id: uuid.UUID
    number: int | None


def ticket_of(row: QueueRow) -> Ticket | None:
    """Return what the row of an AITask says, or None for a row of any other `@background` function.

    A row that cannot be read counts as other: its function is called and the library's history has the error.
    """
    if row.task_name != AI_TASK:
        return None
    try:
        args, kwargs = json.loads(row.task_params)
        return _read(*args, **kwargs)
    except (ValueError, TypeError, AttributeError):
        return None


def _read(task_id: str, ticket: int | None = None) -> Ticket:
    return Ticket(uuid.UUID(task_id), ticket)
