"""Turning claimed rows into runs: their AITasks begin, all in one statement."""

import uuid
from collections.abc import Mapping, Sequence

from django.db import connection
from django.utils import timezone

from taskqueue import coalescing
from taskqueue.coalescing import LOOK_AGAIN, Turn
from taskqueue.engine.bulk import values_of
from taskqueue.engine.claiming import Row, drop, put_off
from taskqueue.engine.lease import Lease
from taskqueue.engine.plain import places, run
from taskqueue.engine.reading import Reading
from taskqueue.engine.runs import Run
from taskqueue.engine.tickets import Ticket, ticket_of
from taskqueue.models import AITask, TaskEvent
from taskqueue.models.task_event import Entry, insert_of

ANY = -1
# Columns that say nothing while a task runs. Whoever asks for one all the same has it read.
OF_NO_USE = {
    *("result", "progress", "error", "error_code", "error_detail", "ended_as_expected"),
    *("created_at", "updated_at", "started_at", "finished_at", "next_attempt_at", "archived_at"),
    *("told_at", "seen_at", "expected_from", "expected_at", "expected_until"),
}
TASKS = Reading(AITask, without=OF_NO_USE)
# The set-based twin of AITask.begin(). A task found `processing` was left behind by a dead worker.
BEGIN = """
UPDATE taskqueue_aitask
SET status = 'processing', attempt = attempt + 1, fence = fence + 1, progress = NULL,
    next_attempt_at = NULL, started_at = %s, updated_at = %s, events = events + 1
FROM {values}
WHERE task_id = given.column1 AND given.column2 IN (ticket, {any})
    AND status IN ('pending', 'processing') AND coalesce_key = ''
RETURNING {columns}
"""
# What `AITask.start_entry` says, said by the database, which has the numbers at hand.
STARTS = """
SELECT task_id, events, 'started', {data}('attempt', attempt, 'max_attempts', max_attempts), %s FROM {begun}
"""
STARTS_OF_BEGUN = STARTS.format(data="jsonb_build_object", begun="begun")
STARTS_OF_TASKS = STARTS.format(
    data="json_object", begun="taskqueue_aitask WHERE task_id IN ({places})"
)
# On PostgreSQL one statement begins the tasks and tells of it.
BEGIN_AND_TELL = "WITH begun AS ({begin}), told AS ({tell}) SELECT * FROM begun"


def begin(rows: Sequence[Row], lease: Lease, told: Sequence[Entry] = ()) -> list[Run]:
    """Begin what the claimed `rows` name, and write what is `told` of other tasks too; in the transaction of the claim.

    A row whose task ended, or that a newer row has replaced, is deleted and starts nothing. One whose task waits for
    another of its coalesce key is put off.
    """
    tickets = {row: ticket_of(row) for row in rows}
    begun = _begin([ticket for ticket in tickets.values() if ticket], told)
    runs, others = [], {}
    for row, ticket in tickets.items():
        if ticket is None:
            runs.append(Run(row, lease))
        elif task := begun.pop(ticket.task_id, None):
            runs.append(Run(row, lease, task))
        else:
            others[row] = ticket
    tasks = _begin_alone(others)
    runs += [Run(row, lease, task) for row, task in tasks.items() if task]
    put_off([row for row, task in tasks.items() if not task], timezone.now() + LOOK_AGAIN)
    drop([row.id for row in others if row not in tasks], lease.name)
    return runs


def _begin(tickets: Sequence[Ticket], told: Sequence[Entry]) -> dict[uuid.UUID, AITask]:
    if not tickets:
        TaskEvent.objects.append(told)
        return {}
    pairs = [(task_id, ANY if number is None else number) for task_id, number in tickets]
    values, given = values_of(AITask, ["task_id", "ticket"], pairs)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    begin = BEGIN.format(values=values, any=ANY, columns=TASKS.columns)
    given = [now, now, *given]
    if connection.vendor == "postgresql":
        tell, of_others = insert_of(told, STARTS_OF_BEGUN, [now])
        found = run(BEGIN_AND_TELL.format(begin=begin, tell=tell), [*given, *of_others])
    else:
        found = run(begin, given)
        keys = [key for key, *_ in found]
        starts = STARTS_OF_TASKS.format(places=places(keys))
        run(*insert_of(told, starts, [now, *keys]))
    return {task.task_id: task for task in TASKS.read(found)}


def _begin_alone(tickets: Mapping[Row, Ticket]) -> dict[Row, AITask | None]:
    """Begin those that have a coalesce key, one by one in the keys' order, so that no two workers wait for each other.

    Returns the tasks that have begun and, as None, those that have to wait; not those that are obsolete.
    """
    if not tickets:
        return {}
    keyed = AITask.objects.active().exclude(coalesce_key="")
    found = keyed.in_bulk([ticket.task_id for ticket in tickets.values()])
    pairs = [(row, found[each.task_id]) for row, each in tickets.items() if each.task_id in found]
    begun: dict[Row, AITask | None] = {}
    for row, task in sorted(pairs, key=lambda pair: (pair[1].task_type, pair[1].coalesce_key)):
        match coalescing.begin(task, tickets[row].number):
            case Turn.BEGUN:
                begun[row] = task
            case Turn.LATER:
                begun[row] = None
    return begun
