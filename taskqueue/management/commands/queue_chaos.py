"""Chaos, from the command line."""

import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = """Strike real workers at random, on a throwaway database, and count what was lost: exit 1 if anything was.
    This site's own database is never opened."""
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="The same seed, the same plan.")
        parser.add_argument("--rounds", type=int, default=1)
        parser.add_argument("--kills", type=int, default=50, help="SIGKILLs in a round.")
        parser.add_argument("--postgresql", action="store_true", help="Not SQLite; crash it too.")
        parser.add_argument("--plan", action="store_true", help="Print the plan and do nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Let another process do it, whose settings name another database from the start."""
        command = [sys.executable, "-m", "chaos"]
        command += [f"--{name}={options[name]}" for name in ("seed", "rounds", "kills")]
        command += [f"--{name}" for name in ("postgresql", "plan") if options[name]]
        sys.exit(subprocess.run(command, cwd=settings.BASE_DIR).returncode)  # noqa: S603
