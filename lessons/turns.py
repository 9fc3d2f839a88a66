"""One turn of the tutor between the queue and the database: what it is made from, and what is saved of it."""

import uuid
from typing import Any

from core.models import Assessment, ConversationHistory, Exercise, Lesson, UserProgress
from core.models.conversation import MessageType, Role
from core.models.exercise import AssessmentState, ExerciseState
from lessons.ai.state import Question, Turn, TurnBrief
from lessons.content import current_content
from lessons.conversation import forget_stopped
from lessons.setting import new_exercise
from lessons.verdicts import Verdict, judge
from taskqueue.errors import InvalidInput
from taskqueue.models import AITask

REMEMBERED = 10
LONGEST_TEXT = 24_000


def message_to_answer(task: AITask) -> ConversationHistory:
    """Return the learner's message a task is about; InvalidInput when it is gone."""
    messages = ConversationHistory.objects.select_related("exercise", "lesson__module__syllabus")
    message = messages.filter(pk=task.input_data["message_id"]).first()
    if message is None:
        raise InvalidInput("This message does not exist any more.")
    return message


def brief_for(message: ConversationHistory) -> TurnBrief:
    """Gather what the tutor knows when it answers; InvalidInput when the lesson has no text."""
    lesson = message.lesson
    content = current_content(lesson)
    if content is None:
        raise InvalidInput("This lesson is not written yet.")
    course = lesson.module.syllabus
    progress = UserProgress.objects.filter(user_id=message.user_id, lesson=lesson).first()
    asked = Exercise.objects.filter(user_id=message.user_id, lesson=lesson)
    return TurnBrief(
        message=message.content,
        submission_type=message.message_type,
        topic=course.topic,
        level=course.level,
        course=course.title,
        outline=[f"{each.module.title}: {each.title}" for each in course.lessons()],
        lesson=lesson.title,
        objectives=lesson.objectives,
        text=content.exposition[:LONGEST_TEXT],
        history=_history(message),
        asked=list(asked.values_list("question", flat=True)),
        ability=progress.ability if progress else 0.5,
        question=_question(message),
    )


def save_turn(task: AITask, message: ConversationHistory, turn: Turn) -> dict[str, Any]:
    """Write what the tutor did, the caller holding the transaction, and return the task's result."""
    forget_stopped(message)
    verdict = _carry_out(message, turn)
    reply = ConversationHistory.objects.create(
        user_id=message.user_id,
        lesson=message.lesson,
        role=Role.TUTOR,
        message_type=verdict.kind,
        content=verdict.text,
        reply_to=message,
        exercise=verdict.following,
        task_id=task.pk,
    )
    return {"message_ids": [reply.pk], "intent": turn.intent}


def _history(message: ConversationHistory) -> list[tuple[str, str]]:
    earlier = ConversationHistory.objects.between(message.user_id, message.lesson_id)
    before = earlier.filter(pk__lt=message.pk).select_related("exercise").order_by("-pk")
    return [(each.role, _whole(each)) for each in reversed(before[:REMEMBERED])]


def _whole(message: ConversationHistory) -> str:
    """Return what was said; where the tutor set a question, with the question as the learner saw it."""
    if message.role != Role.TUTOR or message.exercise is None:
        return message.content
    choices = [f"- {choice}" for choice in message.exercise.choices]
    return "\n".join([message.content, "", message.exercise.question, *choices])


def _question(message: ConversationHistory) -> Question | None:
    exercise = message.exercise
    if exercise is None or exercise.state != ExerciseState.OPEN:
        return None
    tries = exercise.messages.filter(role=Role.LEARNER, pk__lt=message.pk).order_by("pk")
    return Question(
        kind=exercise.kind,
        question=exercise.question,
        choices=exercise.choices,
        key=exercise.key,
        solution=exercise.solution,
        tries=list(tries.values_list("content", flat=True)),
        in_assessment=exercise.assessment_id is not None,
    )


def _carry_out(message: ConversationHistory, turn: Turn) -> Verdict:
    progress = UserProgress.objects.select_for_update().get_or_create(
        user_id=message.user_id, lesson=message.lesson
    )[0]
    match turn.intent:
        case "chat":
            return Verdict(turn.text, MessageType.CHAT)
        case "exercise":
            return _set_exercise(message, turn, progress)
        case "assessment":
            return _set_assessment(message, turn, progress)
        case "answer":
            return _mark(message, turn, progress)


def _set_exercise(message: ConversationHistory, turn: Turn, progress: UserProgress) -> Verdict:
    """Set an exercise; one that is still open makes room for it."""
    mine = Exercise.objects.filter(user_id=message.user_id, lesson=message.lesson)
    mine.filter(state=ExerciseState.OPEN, assessment__isnull=True).update(
        state=ExerciseState.SKIPPED
    )
    exercise = new_exercise(
        turn.exercises[0],
        user_id=message.user_id,
        lesson=message.lesson,
        difficulty=progress.ability,
    )
    return Verdict("Try this.", MessageType.EXERCISE, exercise)


def _set_assessment(message: ConversationHistory, turn: Turn, progress: UserProgress) -> Verdict:
    """Start an assessment, or go on with the one that is open."""
    mine: dict[str, uuid.UUID | int] = {
        "user_id": message.user_id,
        "lesson_id": message.lesson_id,
    }
    waiting = Exercise.objects.filter(
        **mine, state=ExerciseState.OPEN, assessment__state=AssessmentState.OPEN
    )
    first = waiting.order_by("position").first()
    if first is None:
        first = _new_questions(message.lesson, message.user_id, turn, progress)
    total = Exercise.objects.filter(assessment=first.assessment_id).count()
    text = (
        f"Question {first.position} of {total}. You have one try at each, and need 70% to pass."
        if first.position == 1
        else f"The assessment goes on. Question {first.position} of {total}:"
    )
    return Verdict(text, MessageType.ASSESSMENT, first)


def _new_questions(lesson: Lesson, user_id: int, turn: Turn, progress: UserProgress) -> Exercise:
    assessment = Assessment.objects.create(user_id=user_id, lesson=lesson)
    questions = [
        new_exercise(
            draft,
            user_id=user_id,
            lesson=lesson,
            difficulty=progress.ability,
            assessment=assessment,
            position=position,
        )
        for position, draft in enumerate(turn.exercises, start=1)
    ]
    return questions[0]


def _mark(message: ConversationHistory, turn: Turn, progress: UserProgress) -> Verdict:
    """Enter the mark, unless the exercise ended while the answer was on its way."""
    mine = Exercise.objects.select_for_update(of=("self",)).select_related("assessment")
    exercise = mine.filter(messages=message, state=ExerciseState.OPEN).first()
    if exercise is None:
        return Verdict("This exercise ended before your answer came. Ask for another one.")
    return judge(
        exercise, progress, answer=message.content, score=turn.score or 0.0, said=turn.text
    )
