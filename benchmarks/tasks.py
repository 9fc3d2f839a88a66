"""A function as django-background-tasks runs it, for comparison; found by its worker's autodiscovery."""

from background_task import background

from benchmarks import notes


@background
def noted(number: int, seconds: float) -> None:
    notes.work(number, seconds)
