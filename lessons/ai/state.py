"""What one turn of a tutor is made from, and what it comes to."""

from dataclasses import dataclass, field
from typing import Literal, TypedDict

from lessons.ai.drafts import AnyDraft

Intent = Literal["chat", "exercise", "assessment", "answer"]


@dataclass(frozen=True)
class Question:
    """The exercise that is open, with the key it is marked by. `tries` are the learner's earlier answers."""

    kind: str
    question: str
    choices: list[str]
    key: list[object] | int
    solution: str
    tries: list[str]
    in_assessment: bool


@dataclass(frozen=True)
class TurnBrief:
    """Everything the tutor knows when it answers.

    `history` holds the last messages before this one as (role, text), `asked` the questions set earlier in the
    lesson, `ability` the running estimate from 0 to 1.
    """

    message: str
    submission_type: str
    topic: str
    level: str
    course: str
    outline: list[str]
    lesson: str
    objectives: list[str]
    text: str
    history: list[tuple[str, str]]
    asked: list[str]
    ability: float
    question: Question | None


@dataclass(frozen=True)
class Turn:
    """What the tutor does: says `text`, sets `exercises` (several are an assessment), or gives a `score`."""

    intent: Intent
    text: str = ""
    exercises: list[AnyDraft] = field(default_factory=list)
    score: float | None = None


class TurnState(TypedDict, total=False):
    brief: TurnBrief
    intent: Intent
    turn: Turn
