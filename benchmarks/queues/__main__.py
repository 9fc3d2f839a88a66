"""Our queue beside others, in one run: `python -m benchmarks.queues [--only ours,huey] [--quick]`.

Prints what each did, and then each figure we promise, with its bound and whether it holds. Exits with 1 when one
does not.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.queues.servers import addresses
from benchmarks.queues.tables import Figures, show_figures, show_promises

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
# With DEBUG Django keeps a record of every statement.
AS_DEPLOYED = {
    "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
    "DEBUG": "false",
    "SECRET_KEY": "of no use to anybody, for it is in the source",
    "ALLOWED_HOSTS": "localhost",
}


def main() -> int:
    asked = _arguments()
    results: Figures = {}
    with addresses() as places:
        for column, (module, server, variables) in QUEUES.items():
            if module in asked.only and (server == "sqlite" or server in places):
                print(f"measuring {column} …", file=sys.stderr)
                where = _where(column, module, server, places)
                results[column] = _measure(module, where | variables, asked.quick)
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


def _measure(module: str, variables: dict[str, str], quick: bool) -> dict[str, float]:
    """Measure one queue in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.queues.measuring", module, *["--quick"] * quick]
    environment = {**os.environ, **AS_DEPLOYED, **variables}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE)
    if done.returncode:
        return {}  # it has said why, and the others are worth showing
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _database(places: dict[str, str], module: str) -> str:
    """Make a database on the server and return its address."""
    import psycopg

    with psycopg.connect(places["postgresql"], autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {module}")
    return places["postgresql"].rpartition("/")[0] + f"/{module}"


if __name__ == "__main__":
    sys.exit(main())
