"""From a model's draft to an exercise that can be shown: shuffled, with its key on the server."""

import random
import uuid
from typing import Any

from core.models import Assessment, Exercise, Lesson
from core.models.exercise import ExerciseKind
from lessons.ai.drafts import (
    AnyDraft,
    FillInDraft,
    MultipleChoiceDraft,
    OrderingDraft,
    ShortAnswerDraft,
)


def new_exercise(
    draft: AnyDraft,
    *,
    user_id: int,
    lesson: Lesson,
    difficulty: float,
    assessment: Assessment | None = None,
    position: int = 1,
) -> Exercise:
    """Save an exercise. The order of its choices is drawn from its id, so that the key cannot be told by place."""
    exercise_id = uuid.uuid4()
    return Exercise.objects.create(
        exercise_id=exercise_id,
        user_id=user_id,
        lesson=lesson,
        assessment=assessment,
        position=position,
        kind=ExerciseKind(draft.kind),
        question=draft.question,
        hints=draft.hints,
        solution=draft.solution,
        difficulty=difficulty,
        **choices_and_key(draft, random.Random(exercise_id.int)),  # noqa: S311
    )


def choices_and_key(draft: AnyDraft, chance: random.Random) -> dict[str, Any]:
    """Return what the learner sees and what the answer is marked by, as `Exercise` keeps them."""
    match draft:
        case MultipleChoiceDraft():
            choices = shuffled([draft.right, *draft.wrong], chance)
            return {"choices": choices, "key": choices.index(draft.right)}
        case OrderingDraft():
            choices = shuffled(draft.items_in_order, chance)
            return {
                "choices": choices,
                "key": [choices.index(item) for item in draft.items_in_order],
            }
        case FillInDraft():
            return {"choices": [], "key": draft.accepted}
        case ShortAnswerDraft():
            return {"choices": [], "key": draft.rubric}


def shuffled(items: list[str], chance: random.Random) -> list[str]:
    """Return the items in another order than they came in."""
    order = list(items)
    while order == items:
        chance.shuffle(order)
    return order
