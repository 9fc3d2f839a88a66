"""How far a learner has come in each course."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser, User

from core.models import Lesson, Syllabus, UserProgress
from core.models.progress import ProgressState


@dataclass(frozen=True)
class CourseRow:
    """A course with the number of lessons its owner completed; `next_lesson` is None when all are.

    It is `begun` once a lesson was opened.
    """

    syllabus: Syllabus
    done: int
    total: int
    next_lesson: Lesson | None
    begun: bool
    touched_at: datetime


def course_rows(user: User | AnonymousUser) -> list[CourseRow]:
    """Return the user's courses, the one worked on last first, in three queries however many there are.

    A visitor has none.
    """
    if not user.is_authenticated:
        return []
    progress = {row.lesson_id: row for row in UserProgress.objects.filter(user_id=user.pk)}
    lessons = defaultdict(list)
    owned = Lesson.objects.filter(module__syllabus__user_id=user.pk).select_related("module")
    for lesson in owned.order_by("module__position", "position"):
        lessons[lesson.module.syllabus_id].append(lesson)
    courses = Syllabus.objects.owned_by(user.pk)
    rows = [course_row(course, lessons[course.pk], progress) for course in courses]
    return sorted(rows, key=lambda row: row.touched_at, reverse=True)


def course_row(
    course: Syllabus, lessons: list[Lesson], progress: dict[Any, UserProgress]
) -> CourseRow:
    """Return the row of one course; `lessons` are its lessons in reading order."""
    met = [progress[lesson.pk] for lesson in lessons if lesson.pk in progress]
    done = {row.lesson_id for row in met if row.state == ProgressState.COMPLETED}
    touched_at = max((row.updated_at for row in met), default=course.created_at)
    following = next_lesson(lessons, done, met)
    return CourseRow(course, len(done), len(lessons), following, bool(met), touched_at)


def next_lesson(
    lessons: list[Lesson], done: set[Any], met: Iterable[UserProgress]
) -> Lesson | None:
    """Return where the learner left off: the lesson in progress they had open last, else the first not completed."""
    begun = [row for row in met if row.lesson_id not in done]
    if begun:
        last = max(begun, key=lambda row: row.updated_at)
        return next(lesson for lesson in lessons if lesson.pk == last.lesson_id)
    return next((lesson for lesson in lessons if lesson.pk not in done), None)
