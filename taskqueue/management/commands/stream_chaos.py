"""Chaos among streams, from the command line."""

import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = """Let tutors' answers stream while web processes and workers are killed and readers cut off, on a throwaway
    database, and hold what was stored against what was read: exit 1 if they differ.
    This site's own database is never opened."""
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="The same seed, the same plan.")
        parser.add_argument("--turns", type=int, default=100)
        parser.add_argument("--postgresql", action="store_true", help="Not SQLite.")
        parser.add_argument("--plan", action="store_true", help="Print the plan and do nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Let another process do it, whose settings name another database from the start."""
        command = [sys.executable, "-m", "chaos.streams"]
        command += [f"--{name}={options[name]}" for name in ("seed", "turns")]
        command += [f"--{name}" for name in ("postgresql", "plan") if options[name]]
        sys.exit(subprocess.run(command, cwd=settings.BASE_DIR).returncode)  # noqa: S603
