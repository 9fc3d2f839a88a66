"""The worker."""

import io
import logging
import os
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from typing import Any

from background_task.management.commands.process_tasks import Command as LibraryCommand
from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import autoreload
from django.utils.module_loading import autodiscover_modules

from taskqueue.engine.preflight import Preflight
from taskqueue.engine.worker import Options, work
from taskqueue.pools import Pool, pools_for, read_pools

logger = logging.getLogger(__name__)


class Command(LibraryCommand):  # type: ignore[misc]
    help = "Run queued tasks until told to stop."
    requires_system_checks = ["taskqueue"]
    left_running = 0

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--concurrency",
            type=int,
            help="How many tasks of any kind run at once (default: TASK_CONCURRENCY; 1 with --drain). "
            "A few slots more, an eighth as many, are kept for interactive work.",
        )
        parser.add_argument(
            "--pool",
            action="append",
            default=[],
            metavar="NAME=N",
            help="Slots for one kind of work, lent while they are idle; repeat it for others. Work without a "
            "pool here is left to other workers.",
        )
        parser.add_argument(
            "--grace",
            type=float,
            default=30.0,
            help="Seconds that running tasks are given when asked to stop (default: 30).",
        )
        parser.add_argument("--drain", action="store_true", help="Run what is due, then exit.")

    def run_from_argv(self, argv: list[str]) -> None:
        """Run as a process of its own, which ends even where a task's thread does not."""
        super().run_from_argv(argv)
        if self.left_running:
            logging.shutdown()
            os._exit(0)

    def handle(self, *args: Any, **options: Any) -> None:
        with ExitStack() as stack:
            if options["log_std"]:
                stack.enter_context(redirect_stdout(LogStream(logging.INFO)))
                stack.enter_context(redirect_stderr(LogStream(logging.ERROR)))
            if options["dev"]:
                autoreload.run_with_reloader(self.run, **options)
            else:
                self.run(**options)

    def run(self, *args: Any, **options: Any) -> None:
        if options["dev"]:
            autoreload.raise_last_exception()
        autodiscover_modules("tasks")
        preflight = Preflight()
        if not (options["skip_checks"] or options["dev"]):
            preflight.start()
        self.left_running = work(_options(options))
        if preflight.failed:
            raise CommandError("A registered type of task cannot be run; see the log.")


class LogStream(io.TextIOBase):
    """A stream whose lines go to the log, for `--log-std`."""

    def __init__(self, level: int) -> None:
        self._level = level

    def write(self, text: str) -> int:
        if text.strip():
            logger.log(self._level, "%s", text.rstrip())
        return len(text)


def _options(given: dict[str, Any]) -> Options:
    return Options(
        pools=tuple(_pools(given)),
        queue=given["queue"] or "",
        sleep=given["sleep"],
        duration=given["duration"],
        grace=given["grace"],
        drain=given["drain"],
    )


def _pools(given: dict[str, Any]) -> list[Pool]:
    """Return the pools asked for; none for a drain by the caller's own thread."""
    concurrency, queue = given["concurrency"], given["queue"]
    if given["pool"]:
        if concurrency is not None or queue:
            raise CommandError("--pool goes with neither --concurrency nor --queue.")
        try:
            return read_pools(given["pool"])
        except ValueError as wrong:
            raise CommandError(str(wrong)) from None
    if concurrency is not None and concurrency < 1:
        raise CommandError("--concurrency must be at least 1.")
    if given["drain"] and concurrency in (None, 1):
        return []
    concurrency = concurrency or settings.TASK_CONCURRENCY
    return [Pool(queue, concurrency)] if queue else pools_for(concurrency)
