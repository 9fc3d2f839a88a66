"""What becomes of an answer: tries, hints, solutions, marks, and the end of an assessment."""

from dataclasses import dataclass
from typing import cast

from django.utils import timezone

from core.models import Assessment, Exercise, UserProgress
from core.models.conversation import MessageType
from core.models.exercise import AssessmentState, ExerciseKind, ExerciseState
from lessons.marking import PASS_MARK, given_order, places_right

TRIES = 3
WORTH_OF_TRY = (1.0, 0.7, 0.4)


@dataclass(frozen=True)
class Verdict:
    """What the tutor says to an answer, and the question that comes next, if one does."""

    text: str
    kind: MessageType = MessageType.FEEDBACK
    following: Exercise | None = None


def judge(
    exercise: Exercise, progress: UserProgress, *, answer: str, score: float, said: str
) -> Verdict:
    """Enter a marked answer, the caller holding the rows; `said` is what a model remarked about it."""
    exercise.attempts += 1
    if exercise.assessment is not None:
        return _judge_assessed(exercise, exercise.assessment, progress, score, said)
    if score >= PASS_MARK:
        worth = score * WORTH_OF_TRY[min(exercise.attempts, TRIES) - 1]
        _finish(exercise, ExerciseState.SOLVED, worth)
        progress.record_answer(worth)
        return Verdict(_join("That is right.", said, exercise.solution))
    if exercise.attempts >= TRIES:
        _finish(exercise, ExerciseState.REVEALED, 0.0)
        progress.record_answer(0.0)
        return Verdict(
            _join(_what_was_right(exercise, answer), said, f"The solution: {exercise.solution}")
        )
    exercise.save(update_fields=["attempts"])
    hint = exercise.hints[exercise.attempts - 1 : exercise.attempts]
    again = "Not yet. " + (f"A hint: {hint[0]}" if hint else "Look at it once more.")
    return Verdict(_join(_what_was_right(exercise, answer), said, f"{again} Try again."))


def _judge_assessed(
    exercise: Exercise, assessment: Assessment, progress: UserProgress, score: float, said: str
) -> Verdict:
    state = ExerciseState.SOLVED if score >= PASS_MARK else ExerciseState.REVEALED
    _finish(exercise, state, score)
    progress.record_answer(score)
    word = "That is right." if score >= PASS_MARK else "That is not right."
    verdict = _join(word, said, exercise.solution)
    open_ones = assessment.exercises.filter(state=ExerciseState.OPEN).order_by("position")
    following = open_ones.first()
    if following is not None:
        of = f"Question {following.position} of {assessment.exercises.count()}:"
        return Verdict(_join(verdict, of), MessageType.ASSESSMENT, following)
    return Verdict(_join(verdict, _conclude(assessment, progress)))


def _conclude(assessment: Assessment, progress: UserProgress) -> str:
    """End an assessment and say how it went."""
    exercises = list(assessment.exercises.all())
    mean = sum(each.score or 0.0 for each in exercises) / len(exercises)
    passed = mean >= PASS_MARK
    assessment.state = AssessmentState.PASSED if passed else AssessmentState.FAILED
    assessment.score, assessment.finished_at = mean, timezone.now()
    assessment.save(update_fields=["state", "score", "finished_at"])
    progress.record_assessment(mean, passed=passed)
    if passed:
        return f"You have passed with {mean:.0%}. This lesson is completed."
    missed = [each.question for each in exercises if (each.score or 0.0) < PASS_MARK]
    review = "\n".join(f"- {question}" for question in missed)
    return (
        f"You have reached {mean:.0%}; {PASS_MARK:.0%} are needed. Look again at what these asked:\n\n{review}\n\n"
        "When you are ready, start the assessment again: it has new questions."
    )


def _finish(exercise: Exercise, state: ExerciseState, score: float) -> None:
    exercise.state, exercise.score, exercise.finished_at = state, score, timezone.now()
    exercise.save(update_fields=["attempts", "state", "score", "finished_at"])


def _what_was_right(exercise: Exercise, answer: str) -> str:
    """Return what can be said for a wrong answer, where the key alone can tell."""
    if exercise.kind != ExerciseKind.ORDERING:
        return ""
    order = given_order(exercise.choices, answer)
    right = places_right(cast(list[int], exercise.key), order) if order else 0
    if not right:
        return ""
    return f"{right} of {len(exercise.choices)} {'is' if right == 1 else 'are'} in the right place."


def _join(*parts: str) -> str:
    return "\n\n".join(part.strip() for part in parts if part.strip())
