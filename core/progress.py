"""How far a learner has come in their courses."""

import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User

from core.models import Lesson, Syllabus, UserProgress


@dataclass(frozen=True)
class CourseRow:
    """A course with its completed and all its lessons; `next_lesson` is None when all are completed."""

    syllabus: Syllabus
    done: int
    total: int
    next_lesson: Lesson | None


def course_rows(user: User | AnonymousUser) -> list[CourseRow]:
    """Return the learner's courses, newest first, in three queries; a visitor has none."""
    if not user.is_authenticated:
        return []
    courses = Syllabus.objects.filter(user_id=user.pk)
    lessons: dict[uuid.UUID, list[Lesson]] = defaultdict(list)
    for lesson in Lesson.objects.filter(module__syllabus__user_id=user.pk).select_related("module"):
        lessons[lesson.module.syllabus_id].append(lesson)
    completed = set(
        UserProgress.objects.filter(user_id=user.pk, state="completed").values_list(
            "lesson_id", flat=True
        )
    )
    return [_row(course, lessons[course.pk], completed) for course in courses]


def _row(course: Syllabus, lessons: list[Lesson], completed: set[uuid.UUID]) -> CourseRow:
    still_open = [lesson for lesson in lessons if lesson.pk not in completed]
    return CourseRow(
        syllabus=course,
        done=len(lessons) - len(still_open),
        total=len(lessons),
        next_lesson=still_open[0] if still_open else None,
    )
