"""A course as rows: what a learner has done in it and what comes next."""

import uuid
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser, User

from core.models import Lesson, LessonContent, Module, Syllabus, UserProgress
from core.progress import CourseRow, course_row


@dataclass(frozen=True)
class LessonRow:
    """One lesson for one reader.

    `number` is module and lesson, as in 2.1; `state` is "new", "in_progress" or "completed"; `is_next` marks where the
    owner goes on, as `CourseRow.next_lesson` does.
    """

    lesson: Lesson
    number: str
    state: str
    is_next: bool
    is_written: bool


@dataclass(frozen=True)
class ModuleRows:
    """A module with its lessons in order."""

    position: int
    title: str
    summary: str
    rows: list[LessonRow] = field(default_factory=list)


def own_course_row(syllabus: Syllabus, user: User | AnonymousUser) -> CourseRow | None:
    """Return how far the owner has come; None for everybody else."""
    if user.pk != syllabus.user_id:
        return None
    return course_row(syllabus, list(syllabus.lessons()), _progress(syllabus, user))


def outline_rows(syllabus: Syllabus, user: User | AnonymousUser) -> list[ModuleRows]:
    """Return the whole course for one reader, in six queries at most; for a visitor every lesson is new."""
    modules = list(syllabus.modules.order_by("position"))
    progress = _progress(syllabus, user)
    written = set(
        LessonContent.objects.current()
        .filter(lesson__module__syllabus=syllabus)
        .values_list("lesson_id", flat=True)
    )
    lessons = list(syllabus.lessons())
    own = own_course_row(syllabus, user)
    outline = {module.pk: _module_rows(module) for module in modules}
    for lesson in lessons:
        row = LessonRow(
            lesson=lesson,
            number=f"{lesson.module.position}.{lesson.position}",
            state=progress[lesson.pk].state if lesson.pk in progress else "new",
            is_next=own is not None and lesson == own.next_lesson,
            is_written=lesson.pk in written,
        )
        outline[lesson.module_id].rows.append(row)
    return list(outline.values())


def _progress(syllabus: Syllabus, user: User | AnonymousUser) -> dict[uuid.UUID, UserProgress]:
    if not user.is_authenticated:
        return {}
    rows = UserProgress.objects.filter(user_id=user.pk, lesson__module__syllabus=syllabus)
    return {row.lesson_id: row for row in rows}


def _module_rows(module: Module) -> ModuleRows:
    return ModuleRows(module.position, module.title, module.summary)
