"""Figures beside their bounds."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Figure(NamedTuple):
    """What was measured; it holds when it is at most `bound`."""

    name: str
    value: float
    bound: float
    unit: str = ""

    @property
    def holds(self) -> bool:
        return self.value <= self.bound


def show(title: str, figures: Iterable[Figure]) -> int:
    """Print each figure as soon as it is known; return 1 when a bound does not hold, else 0."""
    print(f"\n### {title}\n")
    print(f"| {'':<58} | {'measured':>12} | {'bound':>12} | holds |")
    print(f"|{'-' * 60}|{'-' * 13}:|{'-' * 13}:|-------|", flush=True)
    return max([_row(each) for each in figures])


def _row(each: Figure) -> int:
    value, bound = (
        f"{number:,.6g} {each.unit}".strip() for number in (round(each.value, 2), each.bound)
    )
    holds = "yes" if each.holds else "NO"
    print(f"| {each.name:<58} | {value:>12} | {bound:>12} | {holds:<5} |", flush=True)
    return int(not each.holds)


def p95(times: Sequence[float]) -> float:
    """Return the 95th percentile; there has to be at least one."""
    return sorted(times)[int(0.95 * (len(times) - 1))]
