"""Strikes real workers at every step, on a database of its own, and counts what was lost: `manage.py queue_chaos`."""

import argparse
import os
import sys

import django

from chaos.places import Place, a_folder, a_place
from tests.postgres import PostgresMissing

LEASE = 5
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DEBUG": "true",
    "MAX_ATTEMPTS": "1000",  # nobody here ends as poison
    "TASK_LEASE_SECONDS": str(LEASE),
    "TASK_RETRY_BASE_SECONDS": "0",
    "LLM_PROVIDER": "openai",
    "LLM_API_KEY": "scripted",
    "LLM_TIMEOUT": "30",
    "LOG_LEVEL": "INFO",
}


def main() -> int:
    options = arguments()
    if options.plan:
        return show_plan(options)
    try:
        with a_folder() as folder, a_place(folder, postgresql=options.postgresql) as place:
            point_to(place)
            from chaos.performance import Performance

            return Performance(options, place, folder, LEASE).run()
    except PostgresMissing as missing:
        print(missing, file=sys.stderr)
        return 2


def arguments() -> argparse.Namespace:
    """Return what the command was given; its defaults are in the command."""
    parser = argparse.ArgumentParser(prog="queue_chaos", description=__doc__)
    for name in ("seed", "rounds", "kills"):
        parser.add_argument(f"--{name}", type=int, required=True)
    for name in ("postgresql", "plan"):
        parser.add_argument(f"--{name}", action="store_true")
    return parser.parse_args()


def show_plan(options: argparse.Namespace) -> int:
    from chaos.plan import plan

    for n in range(1, options.rounds + 1):
        blows = plan(options.seed, n, options.kills, lease=LEASE, restarts=options.postgresql)
        print(f"Round {n}", *blows, sep="\n  ")
    return 0


def point_to(place: Place) -> None:
    """Let this process, and those it starts, know this database and no other, whatever is in a `.env` file."""
    os.environ.update(ENVIRONMENT, DATABASE_URL=place.url)
    django.setup()


if __name__ == "__main__":
    sys.exit(main())
