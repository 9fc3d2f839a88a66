"""The queue on a terminal."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from taskqueue.overview import as_data, how_to_start, pools, workers


class Command(BaseCommand):
    help = "Show what waits, for how long, and who works on it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="For programs.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(as_data(), indent=2))
            return
        self.stdout.write(
            f"{'pool':<16}{'slots':>7}{'width':>7}{'due':>8}{'later':>8}{'running':>9}{'oldest':>10}{'paused':>10}"
        )
        for pool in pools():
            until = pool.paused_until
            paused = f"{(until - timezone.now()).total_seconds():.0f} s" if until else "–"
            oldest = "–" if pool.oldest_seconds is None else f"{pool.oldest_seconds:.0f} s"
            self.stdout.write(
                f"{pool.name:<16}{pool.slots:>7}{pool.width:>7}{pool.due:>8}{pool.later:>8}{pool.running:>9}{oldest:>10}{paused:>10}"
            )
        self.stdout.write(f"\n{'worker':<32}{'pool':<12}{'slots':>6}{'busy':>6}{'lease':>9}")
        for worker in workers():
            lease = f"{worker.lease_seconds:.0f} s" if worker.lease_seconds > 0 else "ended"
            self.stdout.write(
                f"{worker.name:<32}{worker.queue or 'all':<12}{worker.slots:>6}{worker.running:>6}{lease:>9}"
            )
        if not workers():
            self.stdout.write(f"none: start {how_to_start()}")
