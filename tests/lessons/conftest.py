"""A written lesson of alice's, and a way to talk about it through the real queue."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from core.models import Exercise, Lesson, LessonContent, Module, Syllabus
from core.models.conversation import MessageType
from lessons.conversation import Said, say
from taskqueue.models import AITask

TEXT = """## Arrows

A **vector** is a movement with a size and a direction.

## Key terms

- **vector**: a movement with a size and a direction
- **origin**: the point from which everything is measured
- **entry**: one of the numbers in a vector's list
"""


@pytest.fixture
def lesson(alice: User) -> Lesson:
    course = Syllabus.objects.create(user=alice, topic="Vectors", level="Beginner", title="Vectors")
    module = Module.objects.create(syllabus=course, position=1, title="Arrows")
    first = Lesson.objects.create(
        module=module, position=1, title="What a vector is", minutes=10, objectives=["Name one"]
    )
    Lesson.objects.create(module=module, position=2, title="Adding vectors", minutes=10)
    LessonContent.objects.create(lesson=first, exposition=TEXT)
    return first


Speak = Callable[..., AITask]


@pytest.fixture
def speak(alice: User, lesson: Lesson, drain: Callable[[], None]) -> Speak:
    """Say something as alice, let the worker answer, and return the task."""

    def speak(message: str, kind: str = "chat", exercise: Exercise | None = None) -> AITask:
        about = exercise.pk if exercise else None
        task = say(alice, lesson, Said(message, MessageType(kind), about))
        drain()
        task.refresh_from_db()
        return task

    return speak
