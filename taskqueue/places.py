"""Where a task's work is to be found on the site."""

from typing import NamedTuple


class Place(NamedTuple):
    """What the work is, as the beginning of a sentence, and the path of the page that shows it."""

    title: str
    path: str


def nowhere(task: object) -> None:
    """Say that no page shows the work."""
