"""The worker."""

from typing import Any

from background_task.management.commands.process_tasks import Command as LibraryCommand
from background_task.tasks import autodiscover
from django.core.management.base import CommandParser


class Command(LibraryCommand):  # type: ignore[misc]
    """Runs queued tasks until told to stop."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--drain", action="store_true", help="Run what is due, then exit.")

    def run(self, *args: Any, **options: Any) -> None:
        if not options["drain"]:
            super().run(*args, **options)
            return
        autodiscover()
        while self._tasks.run_next_task(options["queue"]):
            pass
