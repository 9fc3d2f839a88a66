"""How long work will take: from how long such work took, corrected by how earlier forecasts of it turned out.

The range is a conformal one (Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World", 2005; with residuals
relative to the forecast as in Lei et al., "Distribution-Free Predictive Inference for Regression", 2018): whatever is
wrong with the guess of a wait, retries and bad luck included, widens the next ranges until 90 % of all ends are inside.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

FEWEST = 5
ENOUGH = 20
MISSED = 0.05  # at each end
WIDER = 2.0
SHORTEST = 0.05


@dataclass(frozen=True)
class History:
    """What recent work of a kind shows, each list from the least to the most.

    `runs` are the seconds that last runs took, `ratios` how much longer than expected it was from submission to end.
    """

    runs: Sequence[float]
    ratios: Sequence[float] = ()

    @property
    def is_known(self) -> bool:
        return len(self.runs) >= FEWEST


@dataclass(frozen=True)
class Forecast:
    """Whole seconds [low, high] until the end, and the one time in between that was expected."""

    low: int
    high: int
    typical: float

    def later(self, seconds: float) -> "Forecast":
        return Forecast(
            math.floor(self.low + seconds), math.ceil(self.high + seconds), self.typical + seconds
        )


def seconds_to_start(history: History, ahead: int, busy: int, slots: int) -> float:
    """Return how long a task waits with `ahead` others before it, while `busy` of `slots` slots are taken."""
    ends_needed = ahead + 1 - max(0, slots - busy)
    if ends_needed <= 0 or not history.runs:
        return 0.0
    return fmean(history.runs) * ends_needed / max(1, slots)


def of_waiting(history: History, wait: float) -> Forecast | None:
    """Return when a task ends that starts in about `wait` seconds; None while too little is known."""
    if not history.is_known:
        return None
    typical = max(SHORTEST, wait + median(history.runs))
    if len(history.ratios) >= ENOUGH:
        low, high = (typical * ratio for ratio in _inner(history.ratios))
    else:
        low, high = _inner(history.runs)
        high += WIDER * wait
    return _rounded(low, high, typical)


def of_running(history: History, elapsed: float) -> Forecast | None:
    """Return when a task ends that has run for `elapsed` seconds.

    One that has run longer than any before is given as long again at most, as nothing more is known of it.
    """
    if not history.is_known:
        return None
    left = [run - elapsed for run in history.runs if run > elapsed]
    if not left:
        return _rounded(0.0, elapsed, elapsed)
    return _rounded(*_inner(left), median(left))


def _inner(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends between which the next value falls nine times in ten; wider than all seen when those are few."""
    outside = math.floor(MISSED * (len(values) + 1))
    if outside == 0:
        return values[0] / WIDER, values[-1] * WIDER
    return values[outside - 1], values[-outside]


def _rounded(low: float, high: float, typical: float) -> Forecast:
    least = max(0, math.floor(low))
    return Forecast(least, max(least + 1, math.ceil(high)), typical)
