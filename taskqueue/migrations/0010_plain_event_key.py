"""The order of a task's events finds them by their task as well: another index would only cost each event a write."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("taskqueue", "0009_told_at")]

    operations = [
        migrations.AlterField(
            model_name="taskevent",
            name="task",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="told",
                to="taskqueue.aitask",
            ),
        ),
    ]
