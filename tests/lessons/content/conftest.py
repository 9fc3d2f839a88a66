"""A small course of alice's, planned but not written."""

import pytest
from django.contrib.auth.models import User

from core.models import Lesson, Module, Syllabus


@pytest.fixture
def course(alice: User) -> Syllabus:
    course = Syllabus.objects.create(
        user=alice,
        topic="Bread baking",
        level="Early Learner",
        background="I bake for a kindergarten.",
        title="Bread baking",
        objectives=["Bake a loaf"],
    )
    for position, title in enumerate(["Dough", "Heat"], start=1):
        module = Module.objects.create(
            syllabus=course, position=position, title=title, summary=f"About {title.lower()}."
        )
        for number, name in enumerate(["Meeting", "Using"], start=1):
            Lesson.objects.create(
                module=module,
                position=number,
                title=f"{name} {title.lower()}",
                summary=f"{name} it.",
                objectives=[f"Explain {title.lower()}"],
                minutes=20,
            )
    return course


@pytest.fixture
def lessons(course: Syllabus) -> list[Lesson]:
    return list(course.lessons())
