"""Taking the next row of each pool and beginning its task by one statement, for a worker that sleeps.

On PostgreSQL a claim is four trips to the server: BEGIN, the claim, the beginning, COMMIT. Whoever waits for an idle
worker waits for all of them; this is one. It leaves to the usual turn what takes more thought: a second row of a pool,
and so fair shares; what has killed its workers; work with a coalesce key; functions that are not AITasks.
"""

from collections.abc import Iterable

from django.utils import timezone

from taskqueue.engine.beginning import ANY, BEGIN, STARTS_OF_BEGUN, TASKS
from taskqueue.engine.claiming import Claims, Row
from taskqueue.engine.lease import Lease
from taskqueue.engine.plain import run
from taskqueue.engine.runs import Run
from taskqueue.engine.tickets import AI_TASK
from taskqueue.models.task_event import insert_of

# What `enqueue()` writes, and nothing that could not be read as such.
HEX = "[0-9a-f]"
PARAMS = rf'^\[\["{HEX}{{8}}(-{HEX}{{4}}){{3}}-{HEX}{{12}}", [0-9]{{1,9}}\], \{{\}}\]$'
COLUMNS = "id, task_name, task_params, locked_by, last_error, queue, owner, place"
OF_ROW = len(COLUMNS.split(", "))
GRAB = """
WITH claimed ({columns}) AS ({take}),
given AS (
    SELECT id, (task_params::json -> 0 ->> 0)::uuid AS column1, (task_params::json -> 0 ->> 1)::int AS column2
    FROM claimed WHERE task_name = %s AND task_params ~ %s
),
begun AS ({begin}),
told AS ({tell})
SELECT claimed.*, begun.*
FROM claimed LEFT JOIN (given JOIN begun ON begun.task_id = given.column1) ON given.id = claimed.id
"""


def grab(pools: Iterable[str], claims: Claims, lease: Lease) -> tuple[list[Run], list[Row]]:
    """Claim a row of each pool, where one is due; return the runs that have begun, and rows whose work has not.

    What is returned is committed, unless the caller has a transaction of its own.
    """
    take, given = claims.taking(dict.fromkeys(pools, 1), lease.name, risk=False)
    begin = BEGIN.format(values="given", any=ANY, columns=TASKS.columns)
    now = timezone.now()
    tell, of_told = insert_of([], STARTS_OF_BEGUN, [now])
    sql = GRAB.format(columns=COLUMNS, take=take, begin=begin, tell=tell)
    found = run(sql, [*given, AI_TASK, PARAMS, now, now, *of_told])
    pairs = [(claims.row_of(values[:OF_ROW]), values[OF_ROW:]) for values in found]
    runs = [Run(row, lease, TASKS.read([of_task])[0]) for row, of_task in pairs if of_task[0]]
    return runs, [row for row, of_task in pairs if not of_task[0]]
