"""Writes lessons."""

from typing import Any

from core.models import Lesson, LessonContent
from lessons.ai.content.graph import LessonContentAI
from lessons.ai.content.state import LessonText
from lessons.content import current_content
from lessons.writing import brief_for, lesson_to_write, save_content
from taskqueue.models import AITask


def process_lesson_content(task: AITask) -> dict[str, Any]:
    """Write and save the text of the lesson that `input_data` names, unless it has one and no fresh one is wanted."""
    lesson = lesson_to_write(task)
    existing = current_content(lesson)
    if existing and not task.input_data["fresh"]:
        return task.settle(lambda: _result(lesson, existing, reused=True))
    text = LessonContentAI(on_step=task.report).write(brief_for(lesson))
    return task.settle(lambda: _save(task, lesson, text))


def _save(task: AITask, lesson: Lesson, text: LessonText) -> dict[str, Any]:
    return _result(lesson, save_content(lesson, text, task.task_id), reused=False)


def _result(lesson: Lesson, content: LessonContent, *, reused: bool) -> dict[str, Any]:
    return {"lesson_id": str(lesson.pk), "content_id": str(content.pk), "reused": reused}
