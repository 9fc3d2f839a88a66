"""Indexes for pools and for fairness among learners, and what a worker says of its pools.

The order of work stays what 0003 made it, now for interactive work apart from the rest: so a claim for one of them
passes none of the other's rows by. `taskqueue_owner` finds whose work waits, and the next of each, without reading what
else they have waiting.
"""

from django.db import migrations, models

CLAIMABLE = "locked_by IS NULL AND failed_at IS NULL"
URGENT = "CASE queue WHEN 'interactive' THEN 1 ELSE 0 END"
OWNER = "coalesce(creator_object_id, 0)"
ORDER = {
    "sqlite": "julianday(run_at) - priority / 1440.0",
    "postgresql": "(run_at AT TIME ZONE 'UTC') - priority * interval '1 minute'",
}


def indexes(order):
    return [
        f"CREATE INDEX taskqueue_claim ON background_task (({URGENT}), ({order}), id, run_at) WHERE {CLAIMABLE}",
        f"CREATE INDEX taskqueue_due ON background_task (({URGENT}), run_at) WHERE {CLAIMABLE}",
        f"""CREATE INDEX taskqueue_owner ON background_task (({URGENT}), ({OWNER}), ({order}), id, run_at)
            WHERE {CLAIMABLE}""",
    ]


def apply(apps, schema_editor):
    drop = ["DROP INDEX taskqueue_claim", "DROP INDEX taskqueue_due"]
    for statement in drop + indexes(ORDER[schema_editor.connection.vendor]):
        schema_editor.execute(statement)


def undo(apps, schema_editor):
    order = ORDER[schema_editor.connection.vendor]
    for statement in (
        "DROP INDEX taskqueue_owner",
        "DROP INDEX taskqueue_claim",
        "DROP INDEX taskqueue_due",
        f"CREATE INDEX taskqueue_claim ON background_task (({order}), id, run_at) WHERE {CLAIMABLE}",
        f"CREATE INDEX taskqueue_due ON background_task (run_at) WHERE {CLAIMABLE}",
    ):
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ("taskqueue", "0004_aitask_model"),
        ("background_task", "0002_auto_20170927_1109"),
    ]

    operations = [
        migrations.AddField("worker", "pools", models.JSONField(default=dict)),
        migrations.RunPython(apply, undo),
    ]
