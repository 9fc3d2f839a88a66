"""A pause that is taken away before its time wakes the workers that wait for its end, on PostgreSQL.

On SQLite they look at `PRAGMA data_version`, which every commit changes.
"""

from django.db import migrations

RING = """CREATE TRIGGER taskqueue_ring AFTER DELETE ON taskqueue_pause
    FOR EACH STATEMENT EXECUTE FUNCTION taskqueue_ring()"""
UNDO = "DROP TRIGGER taskqueue_ring ON taskqueue_pause"


def apply(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(RING)


def undo(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(UNDO)


class Migration(migrations.Migration):

    dependencies = [("taskqueue", "0012_pause")]

    operations = [migrations.RunPython(apply, undo)]
