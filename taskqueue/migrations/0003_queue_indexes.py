"""What the worker needs of the library's queue table: two indexes, and a bell on PostgreSQL.

Only rows that may be claimed are indexed, so that finding the next ones costs the same however many wait.
`taskqueue_claim` is the order of work: a point of priority is worth a minute of waiting, so that urgent work goes
first and old work still gets its turn. `taskqueue_due` finds the time of the next row. The trigger rings with the
transaction that writes a row or moves it in time, whoever does it.
"""

from django.db import migrations

CLAIMABLE = "locked_by IS NULL AND failed_at IS NULL"

SQLITE = [
    f"""CREATE INDEX taskqueue_claim ON background_task
        (julianday(run_at) - priority / 1440.0, id, run_at) WHERE {CLAIMABLE}""",
    f"CREATE INDEX taskqueue_due ON background_task (run_at) WHERE {CLAIMABLE}",
]
POSTGRESQL = [
    f"""CREATE INDEX taskqueue_claim ON background_task
        (((run_at AT TIME ZONE 'UTC') - priority * interval '1 minute'), id, run_at) WHERE {CLAIMABLE}""",
    f"CREATE INDEX taskqueue_due ON background_task (run_at) WHERE {CLAIMABLE}",
    """CREATE FUNCTION taskqueue_ring() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN NOTIFY taskqueue; RETURN NULL; END $$""",
    """CREATE TRIGGER taskqueue_ring AFTER INSERT OR UPDATE OF run_at ON background_task
       FOR EACH STATEMENT EXECUTE FUNCTION taskqueue_ring()""",
]
UNDO_SQLITE = ["DROP INDEX taskqueue_claim", "DROP INDEX taskqueue_due"]
UNDO_POSTGRESQL = [
    *UNDO_SQLITE,
    "DROP TRIGGER taskqueue_ring ON background_task",
    "DROP FUNCTION taskqueue_ring()",
]


def apply(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def undo(apps, schema_editor):
    for statement in {"sqlite": UNDO_SQLITE, "postgresql": UNDO_POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ("taskqueue", "0002_worker"),
        ("background_task", "0002_auto_20170927_1109"),
    ]

    operations = [migrations.RunPython(apply, undo)]
