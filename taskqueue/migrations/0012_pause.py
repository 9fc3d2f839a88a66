from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("taskqueue", "0011_seen_at")]

    operations = [
        migrations.CreateModel(
            name="Pause",
            fields=[
                ("pool", models.CharField(max_length=190, primary_key=True, serialize=False)),
                ("until", models.DateTimeField()),
                ("error", models.TextField(help_text="What learners who wait are told.")),
                ("error_code", models.CharField(max_length=40)),
            ],
        ),
        migrations.AddField("worker", "widths", models.JSONField(default=dict)),
    ]
