"""Our worker beside the library's, on the same tables and the same machine, in one run.

Prints a table with ratios. The database is an SQLite file of the run's own; DATABASE_URL names another one.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

TASKS = 200
PICKUPS = 20
PATIENCE = 300.0

WORKERS = {
    "ours": [sys.executable, "manage.py", "process_tasks", "--skip-checks"],
    "the library": [sys.executable, "-m", "benchmarks.library_worker"],
}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="techtree-bench-") as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
        os.environ["DEBUG"] = "true"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        show({name: measure(command) for name, command in WORKERS.items()})


def measure(command: list[str]) -> dict[str, float]:
    """Return the figures of one worker; times are in seconds."""
    with running(command):
        drain(1)
        took = drain(TASKS)
        waits = sorted(pick_up() for _ in range(PICKUPS))
    return {
        f"drain of {TASKS}, tasks a second": TASKS / took,
        "pickup, one after another, p50 ms": 1000 * statistics.median(waits),
        "pickup, one after another, p95 ms": 1000 * waits[int(0.95 * len(waits))],
    }


@contextmanager
def running(command: list[str]) -> Iterator[None]:
    worker = subprocess.Popen(command)
    try:
        yield
    finally:
        worker.kill()
        worker.wait()


def drain(count: int) -> float:
    """Enqueue tasks in one transaction and return the seconds until the last has completed."""
    from django.db import transaction

    from taskqueue.enqueue import enqueue
    from taskqueue.models import AITask

    with transaction.atomic():
        for _ in range(count):
            enqueue("nothing", user=None, input_data={})
    started = time.monotonic()
    while AITask.objects.active().exists():
        if time.monotonic() - started > PATIENCE:
            sys.exit("The worker does not get on with its work.")
        time.sleep(0.01)
    return time.monotonic() - started


def pick_up() -> float:
    """Return the seconds from the creation of a task to its start, right after the one before it has ended."""
    from taskqueue.models import AITask

    drain(1)
    task = AITask.objects.latest("created_at")
    assert task.started_at is not None
    return (task.started_at - task.created_at).total_seconds()


def show(figures: dict[str, dict[str, float]]) -> None:
    ours, theirs = figures["ours"], figures["the library"]
    print(f"| {'':<36} | {'ours':>9} | {'library':>9} | {'ratio':>7} |")
    print(f"|{'-' * 38}|{'-' * 10}:|{'-' * 10}:|{'-' * 8}:|")
    for name, mine in ours.items():
        other = theirs[name]
        ratio = mine / other if "second" in name else other / mine
        print(f"| {name:<36} | {mine:>9.1f} | {other:>9.1f} | {ratio:>6.1f}× |")


if __name__ == "__main__":
    main()
