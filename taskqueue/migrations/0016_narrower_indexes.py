"""Index of the queue table's `locked_by` only the rows that are locked, and make those of AITask fewer and denser.

What waits has no worker, yet it stood in the library's index, which so changed with every step of a task's life. Who
looks for a learner's tasks is served by the index of learner and status. Times stand in ascending order, for what is
new then comes at an index's end, where databases fill their pages; they read it in either direction.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import taskqueue.time_ordered

TABLE = "background_task"
COLUMN = "locked_by"


def apply(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        found = schema_editor.connection.introspection.get_constraints(cursor, TABLE)
    for name, index in found.items():
        if index["index"] and index["columns"] == [COLUMN]:
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")
    schema_editor.execute(f"CREATE INDEX taskqueue_locked ON {TABLE} ({COLUMN}) WHERE {COLUMN} IS NOT NULL")


def undo(apps, schema_editor):
    schema_editor.execute("DROP INDEX taskqueue_locked")
    task = apps.get_model("background_task", "Task")
    schema_editor.add_index(task, models.Index(fields=[COLUMN], name=f"{TABLE}_{COLUMN}"))


class Migration(migrations.Migration):

    dependencies = [
        ("taskqueue", "0015_fewer_queue_indexes"),
        ("background_task", "0002_auto_20170927_1109"),
    ]

    operations = [
        migrations.RunPython(apply, undo),
        migrations.AlterField(
            model_name="aitask",
            name="task_id",
            field=models.UUIDField(
                default=taskqueue.time_ordered.uuid7, editable=False, primary_key=True, serialize=False
            ),
        ),
        migrations.AlterField(
            model_name="aitask",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="ai_tasks",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RemoveIndex(model_name="aitask", name="aitask_subject"),
        migrations.AddIndex(
            model_name="aitask",
            index=models.Index(fields=["subject", "created_at"], name="aitask_subject"),
        ),
        migrations.RemoveIndex(model_name="aitask", name="aitask_ended"),
        migrations.AddIndex(
            model_name="aitask",
            index=models.Index(
                condition=models.Q(("status__in", ("completed", "failed"))),
                fields=["task_type", "model", "finished_at"],
                name="aitask_ended",
            ),
        ),
    ]
