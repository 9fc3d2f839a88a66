"""What happens to a lesson's text: asked for, found again."""

import uuid

from django.contrib.auth.models import User

from core.models import Lesson, LessonContent
from taskqueue.enqueue import enqueue
from taskqueue.models import AITask
from taskqueue.types import TaskType


def request_content(user: User, lesson: Lesson, *, fresh: bool = False) -> AITask:
    """Queue a lesson's text, or return the task that is writing it already.

    When there is a text the task finds it and calls no model, unless a `fresh` one is wanted. May raise QueueFull.
    """
    task, _ = enqueue(
        TaskType.LESSON_CONTENT,
        user=user,
        input_data={"lesson_id": str(lesson.pk), "fresh": fresh},
        subject=content_subject(lesson.pk),
        dedupe_key=content_subject(lesson.pk),
        model=lesson.module.syllabus.chosen_model,
    )
    return task


def content_subject(lesson_id: uuid.UUID) -> str:
    """Return the name under which tasks for a lesson's text are found."""
    return f"lesson:{lesson_id}"


def current_content(lesson: Lesson) -> LessonContent | None:
    """Return the text that is read now."""
    return LessonContent.objects.current().filter(lesson=lesson).first()
