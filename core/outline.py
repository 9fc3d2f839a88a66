"""A course as rows: what a learner has done in it and what comes next."""

import uuid
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser, User

from core.models import Lesson, LessonContent, Module, Syllabus, UserProgress


@dataclass(frozen=True)
class LessonRow:
    """One lesson for one reader.

    `number` is module and lesson, as in 2.1; `state` is "new", "in_progress" or "completed"; `is_next` marks the
    owner's first lesson that is not completed.
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


def outline_rows(syllabus: Syllabus, user: User | AnonymousUser) -> list[ModuleRows]:
    """Return the whole course for one reader, in four queries at most; for a visitor every lesson is new."""
    modules = list(syllabus.modules.order_by("position"))
    states = _states(syllabus, user)
    written = set(
        LessonContent.objects.current()
        .filter(lesson__module__syllabus=syllabus)
        .values_list("lesson_id", flat=True)
    )
    lessons = list(syllabus.lessons())
    following = _first_open(lessons, states) if user.pk == syllabus.user_id else None
    outline = {module.pk: _module_rows(module) for module in modules}
    for lesson in lessons:
        row = LessonRow(
            lesson=lesson,
            number=f"{lesson.module.position}.{lesson.position}",
            state=states.get(lesson.pk, "new"),
            is_next=lesson.pk == following,
            is_written=lesson.pk in written,
        )
        outline[lesson.module_id].rows.append(row)
    return list(outline.values())


def _states(syllabus: Syllabus, user: User | AnonymousUser) -> dict[uuid.UUID, str]:
    if not user.is_authenticated:
        return {}
    rows = UserProgress.objects.filter(user_id=user.pk, lesson__module__syllabus=syllabus)
    return dict(rows.values_list("lesson_id", "state"))


def _first_open(lessons: list[Lesson], states: dict[uuid.UUID, str]) -> uuid.UUID | None:
    return next((one.pk for one in lessons if states.get(one.pk) != "completed"), None)


def _module_rows(module: Module) -> ModuleRows:
    return ModuleRows(module.position, module.title, module.summary)
