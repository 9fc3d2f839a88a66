"""A bell for readers: PostgreSQL says, with the transaction that tells of a task, which one it was."""

from django.db import migrations

DO = """
CREATE FUNCTION taskqueue_tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM pg_notify('taskqueue_events', told.task_id::text)
    FROM (SELECT DISTINCT task_id FROM fresh) AS told;
    RETURN NULL;
END $$;
CREATE TRIGGER taskqueue_tell AFTER INSERT ON taskqueue_taskevent
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION taskqueue_tell();
"""
UNDO = """
DROP TRIGGER taskqueue_tell ON taskqueue_taskevent;
DROP FUNCTION taskqueue_tell();
"""


def apply(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DO)


def undo(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(UNDO)


class Migration(migrations.Migration):

    dependencies = [("taskqueue", "0006_task_events")]

    operations = [migrations.RunPython(apply, undo)]
