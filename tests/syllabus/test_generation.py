"""A topic goes into the queue and a whole course comes out of it."""

import pytest

from core.models import LLMCall, Syllabus
from syllabus.services import request_syllabus

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_course_is_planned_and_saved_whole(alice, drain):
    task = request_syllabus(alice, topic="Bread baking", knowledge_level="Beginner")

    drain()

    task.refresh_from_db()
    assert task.status == "completed", task.error_detail
    course = Syllabus.objects.get()
    assert task.result == {"syllabus_id": str(course.pk), "reused": False}
    assert (course.user, course.topic, course.level) == (alice, "Bread baking", "Beginner")
    assert course.modules.count() == 4
    assert LLMCall.objects.count() == 5
