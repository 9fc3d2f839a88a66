"""Strikes web processes, workers and connections while tutors' answers stream, and counts: `manage.py stream_chaos`."""

import argparse
import sys

from chaos.installation import point_to
from chaos.places import a_folder, a_place
from chaos.streams.plan import plan
from tests.postgres import PostgresMissing


def main() -> int:
    options = arguments()
    if options.plan:
        from chaos.streams.tutor import TOKENS

        print(*plan(options.seed, options.turns, TOKENS), sep="\n")
        return 0
    try:
        with a_folder() as folder, a_place(folder, postgresql=options.postgresql) as place:
            point_to(place)
            from chaos.streams.performance import Performance

            return Performance(options, place, folder).run()
    except PostgresMissing as missing:
        print(missing, file=sys.stderr)
        return 2


def arguments() -> argparse.Namespace:
    """Return what the command was given; its defaults are in the command."""
    parser = argparse.ArgumentParser(prog="stream_chaos", description=__doc__)
    for name in ("seed", "turns"):
        parser.add_argument(f"--{name}", type=int, required=True)
    for name in ("postgresql", "plan"):
        parser.add_argument(f"--{name}", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
