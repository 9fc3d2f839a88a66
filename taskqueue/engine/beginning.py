"""Turning claimed rows into runs: their AITasks begin, all in one statement."""

import uuid
from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from taskqueue.engine.bulk import values_of
from taskqueue.engine.claiming import Row, drop
from taskqueue.engine.lease import Lease
from taskqueue.engine.runs import Run
from taskqueue.engine.tickets import Ticket, ticket_of
from taskqueue.models import AITask, TaskEvent

ANY = -1
# The set-based twin of AITask.begin(). A task found `processing` was left behind by a dead worker.
BEGIN = """
UPDATE taskqueue_aitask
SET status = 'processing', attempt = attempt + 1, fence = fence + 1, progress = NULL,
    next_attempt_at = NULL, started_at = %s, updated_at = %s, events = events + 1
FROM {values}
WHERE task_id = given.column1 AND given.column2 IN (ticket, {any})
    AND status IN ('pending', 'processing')
RETURNING {columns}
"""


def begin(rows: Sequence[Row], lease: Lease) -> list[Run]:
    """Begin what the claimed `rows` name and return the runs; in the transaction of the claim.

    A row whose task ended, or that a newer row has replaced, is deleted and starts nothing.
    """
    tickets = {row: ticket_of(row) for row in rows}
    begun = _begin([ticket for ticket in tickets.values() if ticket])
    runs, obsolete = [], []
    for row, ticket in tickets.items():
        if ticket is None:
            runs.append(Run(row, lease))
        elif task := begun.pop(ticket.task_id, None):
            runs.append(Run(row, lease, task))
        else:
            obsolete.append(row.id)
    drop(obsolete, lease.name)
    return runs


def _begin(tickets: Sequence[Ticket]) -> dict[uuid.UUID, AITask]:
    if not tickets:
        return {}
    pairs = [(task_id, ANY if number is None else number) for task_id, number in tickets]
    values, given = values_of(AITask, ["task_id", "ticket"], pairs)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    columns = ", ".join(str(field.column) for field in AITask._meta.concrete_fields)
    begin = BEGIN.format(values=values, any=ANY, columns=columns)
    tasks = list(AITask.objects.raw(begin, [now, now, *given]))
    TaskEvent.objects.append([task.start_entry() for task in tasks])
    return {task.task_id: task for task in tasks}
