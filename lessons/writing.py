"""A lesson's text between the queue and the database: what it is written from, and how it is saved."""

import uuid
from typing import Any

from core.models import Lesson, LessonContent
from lessons.ai.content.state import WORDS_PER_LEVEL, LessonBrief, LessonText
from lessons.content import current_content
from taskqueue.errors import InvalidInput
from taskqueue.models import AITask


def lesson_to_write(task: AITask) -> Lesson:
    """Return the lesson a task is about; InvalidInput when it is gone."""
    courses = Lesson.objects.select_related("module__syllabus")
    lesson = courses.filter(pk=task.input_data["lesson_id"]).first()
    if lesson is None:
        raise InvalidInput("This lesson does not exist any more.")
    return lesson


def brief_for(lesson: Lesson) -> LessonBrief:
    """Gather what the text of a lesson has to fit."""
    course = lesson.module.syllabus
    lessons = list(course.lessons())
    here = lessons.index(lesson)
    previous = current_content(lessons[here - 1]) if here else None
    return LessonBrief(
        topic=course.topic,
        level=course.level,
        background=course.background,
        course=course.title,
        objectives=course.objectives,
        outline=_outline(lessons),
        module={"title": lesson.module.title, "summary": lesson.module.summary},
        lesson=_plan(lesson),
        before=[{"title": one.title, "summary": one.summary} for one in lessons[:here]],
        previous=previous.exposition if previous else "",
        words=WORDS_PER_LEVEL * (course.difficulty + 1),
    )


def _outline(lessons: list[Lesson]) -> list[dict[str, Any]]:
    modules: dict[uuid.UUID, dict[str, Any]] = {}
    for lesson in lessons:
        module = modules.setdefault(lesson.module_id, {"title": lesson.module.title, "lessons": []})
        module["lessons"].append(lesson.title)
    return list(modules.values())


def _plan(lesson: Lesson) -> dict[str, Any]:
    return {
        "title": lesson.title,
        "summary": lesson.summary,
        "objectives": lesson.objectives,
        "minutes": lesson.minutes,
    }


def save_content(
    lesson: Lesson, text: LessonText, task_id: uuid.UUID | None = None
) -> LessonContent:
    """Make a text the current one and keep the older ones; the caller holds the transaction.

    InvalidInput when the lesson is gone.
    """
    if not Lesson.objects.select_for_update().filter(pk=lesson.pk).exists():
        raise InvalidInput("This lesson does not exist any more.")
    LessonContent.objects.current().filter(lesson=lesson).update(is_current=False)
    return LessonContent.objects.create(
        lesson=lesson,
        exposition=text.exposition,
        model=text.model,
        prompt_version=text.prompt_version,
        task_id=task_id,
    )
