"""Take away indexes of the library's queue table that nothing reads any more.

Its own worker looked for the next row by them; ours does by `taskqueue_claim`. Every claim on PostgreSQL wrote into all
eighteen, which was over a quarter of a drain's time. What finds a row by its hash or its worker stays.
"""

from django.db import migrations, models

TABLE = "background_task"
UNREAD = ("attempts", "creator_content_type_id", "failed_at", "locked_at", "priority", "queue", "run_at", "task_name")
LIKE = "_like"  # PostgreSQL's second index of a text, for patterns


def apply(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        found = schema_editor.connection.introspection.get_constraints(cursor, TABLE)
    for name, index in found.items():
        plain = index["index"] and not index["unique"] and name.startswith(TABLE)
        if plain and (index["columns"][0] in UNREAD or name.endswith(LIKE)):
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


def undo(apps, schema_editor):
    task = apps.get_model("background_task", "Task")
    for column in UNREAD:
        field = column.removesuffix("_id")
        schema_editor.add_index(task, models.Index(fields=[field], name=f"{TABLE}_{field}"))


class Migration(migrations.Migration):

    dependencies = [
        ("taskqueue", "0014_coalesce_key"),
        ("background_task", "0002_auto_20170927_1109"),
    ]

    operations = [migrations.RunPython(apply, undo)]
