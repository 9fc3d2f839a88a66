"""What thousands of open streams cost, how soon they tell, and how fast Stop stops: `python -m benchmarks.streams`.

Real uvicorn and real workers, on an SQLite file and on a throwaway PostgreSQL of the run's own, one after the other.
Every figure stands beside its bound; the exit code is 1 when one does not hold. `--readers` and `--visits` are for a
quick look.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from itertools import chain

import tests.environment  # noqa: F401  (what an installation of the tests runs in)
from tests.postgres import PostgresMissing, throwaway_cluster


def main() -> int:
    options = arguments()
    if options.url:
        return measure(options)
    with tempfile.TemporaryDirectory(prefix="techtree-bench-") as folder:
        codes = [again(f"sqlite:///{folder}/streams.sqlite3")]
    try:
        with throwaway_cluster() as cluster:
            codes.append(again(cluster.url))
    except PostgresMissing as missing:
        print(missing, file=sys.stderr)
        codes.append(2)
    return max(codes)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.streams", description=__doc__)
    parser.add_argument("--url", help="Measure on this empty database only.")
    parser.add_argument("--readers", type=int, default=2_000)
    parser.add_argument("--visits", type=int, default=10_000, help="Connects and disconnects.")
    parser.add_argument("--stops", type=int, default=20)
    return parser.parse_args()


def again(url: str) -> int:
    """Measure in a process that knows this database and no other."""
    command = [sys.executable, "-m", "benchmarks.streams", f"--url={url}", *sys.argv[1:]]
    return subprocess.run(command).returncode


def measure(options: argparse.Namespace) -> int:
    os.environ.update(
        DATABASE_URL=options.url, DJANGO_SETTINGS_MODULE="benchmarks.settings", DEBUG="true"
    )
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.streams import idle, stops
    from benchmarks.streams.table import show

    call_command("migrate", verbosity=0)
    figures = chain(idle.measure(options.readers, options.visits), stops.measure(options.stops))
    return show(f"Streams on {connection.vendor}", figures)


if __name__ == "__main__":
    sys.exit(main())
