"""The demo course: planned and written by the demo model's own functions, saved like any other course."""

from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from core.llm.demo.exposition import write_exposition
from core.llm.demo.outline import plan_module, sketch_outline
from core.models import Lesson, LessonContent, Syllabus, UserProgress
from syllabus.saving import as_draft, save_syllabus
from syllabus.services import find_equal

TOPIC = "Linear algebra"
LEVEL = "Beginner"
WISH = {"topic": TOPIC, "knowledge_level": LEVEL, "background": ""}
MADE_BY = {"model": "demo", "prompt_version": "demo"}
WRITTEN_LESSONS = 3


def seed_course(owner: User) -> Syllabus:
    """Return the owner's demo course: public, its first lessons written, the first of them completed.

    What is there already is left as it is.
    """
    course = _course(owner)
    lessons = list(course.lessons())
    for lesson in lessons[:WRITTEN_LESSONS]:
        _write(course, lessons, lesson)
    _begin(owner, lessons[0], lessons[1])
    return course


def _course(owner: User) -> Syllabus:
    existing = find_equal(owner.pk, TOPIC, LEVEL, "")
    if existing:
        return Syllabus.objects.get(pk=existing)
    course = save_syllabus(as_draft(_plan()), user_id=owner.pk, wish=WISH)
    course.is_public = True
    course.save(update_fields=["is_public", "updated_at"])
    return course


def _plan() -> dict[str, Any]:
    asked: dict[str, Any] = {"topic": TOPIC, "level": LEVEL}
    outline = sketch_outline(asked)
    modules = [
        {**module, **plan_module({**asked, "number": number})}
        for number, module in enumerate(outline["modules"], start=1)
    ]
    return {**outline, "modules": modules, **MADE_BY}


def _write(course: Syllabus, lessons: list[Lesson], lesson: Lesson) -> None:
    if LessonContent.objects.current().filter(lesson=lesson).exists():
        return
    titles = [one.title for one in lessons if one.module_id == lesson.module_id]
    facts = {
        "topic": TOPIC,
        "level": LEVEL,
        "lesson": {"title": lesson.title, "minutes": lesson.minutes},
        "outline": [{"title": lesson.module.title, "lessons": titles}],
    }
    LessonContent.objects.create(lesson=lesson, exposition=write_exposition(facts), **MADE_BY)


def _begin(owner: User, completed: Lesson, opened: Lesson) -> None:
    UserProgress.objects.get_or_create(
        user=owner,
        lesson=completed,
        defaults={"state": "completed", "score": 1.0, "completed_at": timezone.now()},
    )
    UserProgress.objects.get_or_create(user=owner, lesson=opened)
