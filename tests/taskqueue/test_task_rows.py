"""The dashboard's list of what is being made and what did not work."""

import pytest
from django.test import Client

from core.models import Lesson, Module, Syllabus
from lessons.content import request_content
from syllabus.services import request_syllabus
from taskqueue.models import AITask


@pytest.fixture
def lesson(alice) -> Lesson:
    course = Syllabus.objects.create(user=alice, topic="Vectors", level="Beginner", title="Vectors")
    module = Module.objects.create(syllabus=course, position=1, title="Arrows")
    return Lesson.objects.create(module=module, position=1, title="Length", minutes=10)


def fail(task: AITask) -> None:
    task.begin()
    task.fail(error="The key was not accepted.", code="refused", detail="")


@pytest.fixture
def dashboard(alice, client: Client):
    client.force_login(alice)
    return lambda: client.get("/").content.decode().split("<main")[1]


def test_a_row_names_its_lesson_and_leads_there(alice, lesson, dashboard):
    request_content(alice, lesson)

    shown = dashboard()

    assert "Work under way" in shown
    assert f'<a href="{lesson.get_absolute_url()}">The lesson “Length”</a>' in shown


def test_what_only_failed_is_not_called_under_way(alice, lesson, dashboard):
    fail(request_content(alice, lesson))

    shown = dashboard()

    assert "What did not work" in shown
    assert "Work under way" not in shown
    assert "The key was not accepted." in shown


def test_a_failure_goes_when_the_same_is_asked_for_anew(alice, lesson, dashboard):
    fail(request_content(alice, lesson))
    again = request_content(alice, lesson)
    again.begin()
    again.settle(dict)

    assert "did not work" not in dashboard()


def test_a_failure_stays_when_something_else_is_asked_for(alice, dashboard):
    fail(request_syllabus(alice, topic="Rowing", knowledge_level="Beginner"))
    other = request_syllabus(alice, topic="Sailing", knowledge_level="Beginner")
    other.begin()
    other.settle(lambda: {"syllabus_id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8"})

    assert "Your course on Rowing" in dashboard()
