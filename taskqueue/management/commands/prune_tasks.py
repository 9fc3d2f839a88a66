"""Retention, by hand."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from taskqueue.retention import prune


class Command(BaseCommand):
    help = "Remove or archive what is older than the retention of 30 days."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Print what would go.")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = prune(dry_run=options["dry_run"])
        for name, count in counts.items():
            self.stdout.write(f"{'failed' if count is None else count:>8}  {name}")
        failed = [name for name, count in counts.items() if count is None]
        if failed:
            raise CommandError(f"Not everything was pruned: {', '.join(failed)}. See the log.")
