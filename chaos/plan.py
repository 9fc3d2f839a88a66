"""What will happen in a round, decided by the seed before anything happens."""

import random
from dataclasses import dataclass
from typing import Literal

Kind = Literal["kill", "term", "stop", "restart"]

# What a worker does that leaves traces, see chaos/boundaries.py, and the sides from which each can be struck.
STEPS = (
    "claim",
    "begin",
    "look",
    "record",
    "report",
    "save",
    "complete",
    "drop",
    "tell",
    "beat",
    "rescue",
)
SIDES = ("before", "in", "after")
CALLING = "during a call"
SELDOM = {"beat", "rescue"}
LATEST = 6
OTHERS = {"term": 6, "stop": 8, "restart": 25}


@dataclass(frozen=True)
class Blow:
    """One intervention: `kind` hits whoever is the `count`-th to reach `boundary` since the blow before.

    `seconds` is how long a stopped process sleeps; `whom` chooses among the living where nobody is named.
    """

    kind: Kind
    boundary: str
    count: int
    seconds: float
    whom: int

    def __str__(self) -> str:
        return f"{self.kind} {self.boundary} ({self.count})"


def plan(seed: int, round_number: int, kills: int, *, lease: float, restarts: bool) -> list[Blow]:
    """Return a round's blows: so many SIGKILLs, and for every few of them one of each other kind."""
    dice = random.Random(f"{seed}/{round_number}")
    kinds: list[Kind] = ["kill"] * kills
    for kind, every in OTHERS.items():
        if kind != "restart" or restarts:
            kinds += [kind] * max(1, kills // every)  # type: ignore[list-item]
    dice.shuffle(kinds)
    return [_blow(kind, dice, lease) for kind in kinds]


def _blow(kind: Kind, dice: random.Random, lease: float) -> Blow:
    step = dice.choice([*STEPS, CALLING])
    return Blow(
        kind,
        boundary=step if step == CALLING else f"{dice.choice(SIDES)} {step}",
        count=1 if step in SELDOM else dice.randint(1, LATEST),
        seconds=dice.choice((lease / 10, lease / 5, 1.5 * lease)),
        whom=dice.randrange(1000),
    )
