import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def since_creation(apps, schema_editor):
    apps.get_model("taskqueue", "AITask").objects.update(queued_at=models.F("created_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('taskqueue', '0007_tell'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='aitask',
            name='expected_from',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='aitask',
            name='expected_until',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='aitask',
            name='expected_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='aitask',
            name='queued_at',
            field=models.DateTimeField(default=django.utils.timezone.now, help_text='Last asked for by somebody.'),
        ),
        migrations.RunPython(since_creation, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='aitask',
            index=models.Index(condition=models.Q(('status__in', ('completed', 'failed'))), fields=['task_type', 'model', '-finished_at'], name='aitask_ended'),
        ),
        migrations.AddField(
            model_name='aitask',
            name='ended_as_expected',
            field=models.GeneratedField(db_persist=True, expression=models.ExpressionWrapper(models.Q(('finished_at__gte', models.F('expected_from')), ('finished_at__lte', models.F('expected_until'))), output_field=models.BooleanField(null=True)), output_field=models.BooleanField(null=True)),
        ),
    ]
