"""What a learner says to the tutor: stored at once, together with the task that answers it."""

import uuid
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from core.api import ApiError
from core.models import ConversationHistory, Exercise, Lesson, UserProgress
from core.models.conversation import MessageType, Role
from core.models.exercise import ExerciseState
from lessons.content import current_content
from taskqueue.enqueue import enqueue
from taskqueue.models import AITask
from taskqueue.types import TaskType


@dataclass(frozen=True)
class Said:
    """One message as it came in. `request_id` is the page's own name for it, so that sending twice is saying once."""

    message: str
    submission_type: MessageType
    exercise_id: uuid.UUID | None = None
    request_id: uuid.UUID | None = None


def say(user: User, lesson: Lesson, said: Said) -> AITask:
    """Store a learner's message and queue its answer, in one transaction; return the task.

    The same message while it is being answered, or sent again under its `request_id`, is the task it already has.
    Raises ApiError 409 when another message is being answered, the exercise is not open, or nothing is written yet
    to talk about; QueueFull when there is no room.
    """
    with transaction.atomic():
        _one_at_a_time(user, lesson)
        known = _known_task(user, lesson, said)
        if known is not None:
            return known
        exercise = _exercise(user, lesson, said)
        message = ConversationHistory.objects.create(
            user=user,
            lesson=lesson,
            role=Role.LEARNER,
            message_type=said.submission_type,
            content=said.message,
            exercise=exercise,
            metadata={"request_id": str(said.request_id)} if said.request_id else {},
        )
        subject = conversation_subject(user.pk, lesson.pk)
        task, _ = enqueue(
            TaskType.LESSON_INTERACTION,
            user=user,
            input_data={"message_id": message.pk},
            subject=subject,
            dedupe_key=subject,
            model=lesson.module.syllabus.chosen_model,
        )
        message.task_id = task.pk
        message.save(update_fields=["task_id"])
    return task


def conversation_subject(user_id: int, lesson_id: uuid.UUID) -> str:
    """Return the name under which the tasks of a conversation are found."""
    return f"conversation:{user_id}:{lesson_id}"


def open_question(user_id: int, lesson_id: uuid.UUID) -> Exercise | None:
    """Return the question that waits for an answer: of the open assessment if there is one, else for practice."""
    mine = Exercise.objects.filter(user_id=user_id, lesson_id=lesson_id, state=ExerciseState.OPEN)
    asked = mine.filter(assessment__isnull=False).order_by("position").first()
    return asked or mine.filter(assessment__isnull=True).first()


def keep_stopped(task: AITask, text: str) -> None:
    """Keep what the tutor had said when the learner stopped it, as the one reply to their message."""
    message = ConversationHistory.objects.filter(pk=task.input_data["message_id"]).first()
    if message is None or not text.strip():
        return
    forget_stopped(message)
    ConversationHistory.objects.create(
        user_id=message.user_id,
        lesson_id=message.lesson_id,
        role=Role.TUTOR,
        message_type=MessageType.CHAT,
        content=text.rstrip(),
        reply_to=message,
        task_id=task.pk,
        metadata={"stopped": True},
    )


def forget_stopped(message: ConversationHistory) -> None:
    """Make room for the whole reply to a message whose answer was stopped and is tried again."""
    ConversationHistory.objects.filter(reply_to=message, metadata__stopped=True).delete()


def _one_at_a_time(user: User, lesson: Lesson) -> None:
    """Let the same learner's requests about a lesson pass one after the other."""
    progress, _ = UserProgress.objects.get_or_create(user=user, lesson=lesson)
    UserProgress.objects.select_for_update().get(pk=progress.pk)


def _known_task(user: User, lesson: Lesson, said: Said) -> AITask | None:
    """Return the task of this message if it was stored before; ApiError 409 when another one is being answered."""
    mine = ConversationHistory.objects.between(user.pk, lesson.pk).filter(role=Role.LEARNER)
    if said.request_id is not None:
        earlier = mine.filter(metadata__request_id=str(said.request_id)).first()
        if earlier is not None and earlier.task_id is not None:
            return AITask.objects.filter(pk=earlier.task_id).first()
    task = AITask.objects.active().about(conversation_subject(user.pk, lesson.pk)).first()
    if task is None:
        return None
    if mine.filter(
        task_id=task.pk, content=said.message, message_type=said.submission_type
    ).exists():
        return task
    raise ApiError(
        409, "busy", "Your last message is still being answered. Send this one after it."
    )


def _exercise(user: User, lesson: Lesson, said: Said) -> Exercise | None:
    """Return the exercise the message is about; ApiError 409 when it should be open and is not."""
    if current_content(lesson) is None:
        raise ApiError(409, "not_written", "This lesson is not written yet.")
    question = open_question(user.pk, lesson.pk)
    if said.exercise_id is not None and (question is None or question.pk != said.exercise_id):
        mine = Exercise.objects.filter(user=user, lesson=lesson, state=ExerciseState.OPEN)
        question = mine.filter(pk=said.exercise_id).first()
        if question is None:
            raise ApiError(409, "not_open", "This exercise is not open any more.")
    if said.submission_type == MessageType.ANSWER and question is None:
        raise ApiError(409, "not_open", "No exercise is open. Ask for one first.")
    return question
