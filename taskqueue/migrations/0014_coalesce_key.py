from django.db import migrations, models
from django.db.models import Q

KEYED = ~Q(coalesce_key="")


class Migration(migrations.Migration):

    dependencies = [("taskqueue", "0013_ring_when_a_pause_ends")]

    operations = [
        migrations.AddField(
            "aitask", "coalesce_key", models.CharField(blank=True, default="", max_length=200)
        ),
        migrations.AddIndex(
            "aitask",
            models.Index(
                fields=["task_type", "coalesce_key", "-queued_at"],
                condition=KEYED,
                name="aitask_newest",
            ),
        ),
        migrations.AddConstraint(
            "aitask",
            models.UniqueConstraint(
                fields=["task_type", "coalesce_key"],
                condition=Q(status="pending", fence=0) & KEYED,
                name="aitask_coalesced",
            ),
        ),
        migrations.AddConstraint(
            "aitask",
            models.UniqueConstraint(
                fields=["task_type", "coalesce_key"],
                condition=Q(status="processing") & KEYED,
                name="aitask_runs_alone",
            ),
        ),
    ]
