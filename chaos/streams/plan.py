"""What will happen to the streams of a performance, decided by the seed before anything happens."""

import random
from dataclasses import dataclass
from typing import Literal

from chaos.plan import CALLING, SIDES

Target = Literal["web", "worker", "reader"]

# What a turn writes while it streams, and where its worker can be struck besides.
STEPS = ("claim", "begin", "record", "report", "tell", "save", "complete")
TO_COME: dict[Target, float] = {"web": 0.25, "worker": 0.5, "reader": 1.0}  # for each turn
FEWEST = 2


@dataclass(frozen=True)
class Strike:
    """After so many more `tokens` of the model: the web process or a worker is killed, or a reader cut off.

    `boundary` is the step at which the worker falls; `whom` chooses among the readers.
    """

    target: Target
    tokens: int
    boundary: str
    whom: int

    def __str__(self) -> str:
        at = f" {self.boundary}" if self.target == "worker" else ""
        return f"after {self.tokens} tokens: {self.target}{at}"


def plan(seed: int, turns: int, tokens: int) -> list[Strike]:
    """Return the strikes on so many turns of about so many tokens, spread over two thirds of them."""
    dice = random.Random(f"streams/{seed}")
    targets: list[Target] = [
        target
        for target, share in TO_COME.items()
        for _ in range(max(FEWEST, round(share * turns)))
    ]
    dice.shuffle(targets)
    longest = max(1, 4 * turns * tokens // (3 * len(targets)))
    return [_strike(target, dice, longest) for target in targets]


def _strike(target: Target, dice: random.Random, longest: int) -> Strike:
    at_a_step = dice.random() < 0.5
    boundary = f"{dice.choice(SIDES)} {dice.choice(STEPS)}" if at_a_step else CALLING
    return Strike(target, dice.randint(1, longest), boundary, dice.randrange(1000))
