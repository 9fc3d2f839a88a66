"""The worker of django-background-tasks as it comes, for comparison."""

import django

django.setup()

from background_task.management.commands.process_tasks import Command  # noqa: E402
from django.core.management import call_command  # noqa: E402

call_command(Command())
