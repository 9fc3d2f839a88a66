"""Strikes real workers at every step, on a database of its own, and counts what was lost: `manage.py queue_chaos`."""

import argparse
import sys

from chaos.installation import LEASE, point_to
from chaos.places import a_folder, a_place
from tests.postgres import PostgresMissing


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


if __name__ == "__main__":
    sys.exit(main())
