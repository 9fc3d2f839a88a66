"""Our queue beside others, in one run: `python -m benchmarks.queues [--only ours,huey] [--quick]`.

Prints what each did, and then each figure we promise, with its bound and whether it holds. Exits with 1 when one
does not.

What is compared is measured by turns, so that a minute in which the machine is slow strikes all queues alike, and all
their values together give the figure.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.queues.servers import addresses
from benchmarks.queues.tables import RATES, Figures, show_figures, show_promises

# Column, module, the server or file it needs, and what its settings are but as they come.
QUEUES: dict[str, tuple[str, str, dict[str, str]]] = {
    "ours, PostgreSQL": ("ours", "postgresql", {}),
    "library, PostgreSQL": ("library", "postgresql", {}),
    "Procrastinate": ("procrastinate", "postgresql", {}),
    "Celery, Redis": ("celery", "redis", {}),
    "Celery in threads": ("celery", "redis", {"BENCH_POOL": "threads"}),
    "ours, SQLite": ("ours", "sqlite", {}),
    "library, SQLite": ("library", "sqlite", {}),
    "Huey, SQLite": ("huey", "sqlite", {}),
    "Huey without fsync": ("huey", "sqlite", {"BENCH_FSYNC": "never"}),
}
TURNS = 5
# With DEBUG Django keeps a record of every statement.
AS_DEPLOYED = {
    "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
    "DEBUG": "false",
    "SECRET_KEY": "of no use to anybody, for it is in the source",
    "ALLOWED_HOSTS": "localhost",
}


@dataclass
class Measured:
    """One column; each step is a process of its own."""

    column: str
    module: str
    variables: Mapping[str, str]
    values: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def take_turn(self, options: Sequence[str]) -> None:
        for name, values in self.step("turn", *options).items():
            self.values[name] += values

    def compared(self) -> dict[str, float]:
        """Return the figures that all the turns give together."""
        found = {}
        for name, values in self.values.items():
            if values and name in RATES:
                found[name] = statistics.median(values)
            elif values:
                found[f"{name} p50"] = statistics.median(values)
                found[f"{name} p95"] = sorted(values)[int(0.95 * len(values))]
        return found

    def step(self, name: str, *options: str) -> dict[str, Any]:
        """Run a step and return what it found; nothing if it failed, for it has said why and the others matter too."""
        print(f"{self.column}: {name} …", file=sys.stderr)
        command = [sys.executable, "-m", "benchmarks.queues.measuring", self.module, name, *options]
        environment = {**os.environ, **AS_DEPLOYED, **self.variables}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE)
        if done.returncode:
            return {}
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


def main() -> int:
    asked = _arguments()
    with addresses() as places:
        queues = {
            column: Measured(column, module, _where(column, module, server, places) | variables)
            for column, (module, server, variables) in QUEUES.items()
            if module in asked.only and (server == "sqlite" or server in places)
        }
        options = ["--quick"] * asked.quick
        for queue in queues.values():
            queue.step("install")
        for _ in range(TURNS):
            for queue in queues.values():
                queue.take_turn(options)
        results: Figures = {
            column: queue.compared() | queue.step("rest", *options)
            for column, queue in queues.items()
        }
    show_figures(results)
    return 0 if show_promises(results) else 1


def _arguments() -> argparse.Namespace:
    modules = list(dict.fromkeys(module for module, _, _ in QUEUES.values()))
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queues")
    parser.add_argument("--only", type=lambda text: text.split(","), default=modules)
    parser.add_argument("--quick", action="store_true", help="fewer tasks, no queue of 100,000")
    return parser.parse_args()


def _where(column: str, module: str, server: str, places: dict[str, str]) -> dict[str, str]:
    """Return where a queue finds its server or file, and where its tasks leave their notes."""
    folder = Path(places["folder"])
    file = folder / f"{''.join(filter(str.isalnum, column))}.sqlite3"
    return {
        "BENCH_NOTES": str(folder / "notes"),
        "BENCH_FILE": str(file),
        "BENCH_REDIS": places.get("redis", ""),
        "DATABASE_URL": _database(places, module)
        if server == "postgresql"
        else f"sqlite:///{file}",
    }


def _database(places: dict[str, str], module: str) -> str:
    """Make a database on the server and return its address."""
    import psycopg

    with psycopg.connect(places["postgresql"], autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {module}")
    return places["postgresql"].rpartition("/")[0] + f"/{module}"


if __name__ == "__main__":
    sys.exit(main())
