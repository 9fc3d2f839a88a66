"""The worker of django-background-tasks as it comes, for comparison."""

import django

django.setup()

from background_task.management.commands.process_tasks import Command  # noqa: E402
from django.core.management import call_command  # noqa: E402

import benchmarks.tasks  # noqa: E402, F401 - which its autodiscovery misses, for our app has a config of its own

call_command(Command())
