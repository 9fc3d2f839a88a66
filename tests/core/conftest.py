"""A small course of alice's: two modules, two lessons each."""

import pytest
from django.contrib.auth.models import User

from core.models import Lesson, Module, Syllabus


@pytest.fixture
def course(alice: User) -> Syllabus:
    course = Syllabus.objects.create(
        user=alice, topic="Linear algebra", level="Beginner", title="Linear algebra"
    )
    for position in (1, 2):
        module = Module.objects.create(
            syllabus=course, position=position, title=f"Module {position}"
        )
        for number in (1, 2):
            Lesson.objects.create(
                module=module, position=number, title=f"Lesson {position}.{number}", minutes=10
            )
    return course


@pytest.fixture
def lessons(course: Syllabus) -> list[Lesson]:
    return list(course.lessons())
