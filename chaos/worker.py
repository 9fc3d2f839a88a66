"""The real `process_tasks`, in a process that tells where it stands."""

import os

from django.core.management import execute_from_command_line

from chaos.boundaries import Boundaries

CONCURRENCY = 4
GRACE = 1.0
OPTIONS = ("--skip-checks", f"--concurrency={CONCURRENCY}", f"--grace={GRACE}")


def work(address: str, log: str) -> None:
    """Be a worker until told to stop or killed."""
    os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT), 2)
    Boundaries(address).watch()
    execute_from_command_line(["manage.py", "process_tasks", *OPTIONS])
