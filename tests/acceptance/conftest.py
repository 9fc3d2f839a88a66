"""Learners as scripts see them: only the contract's URLs and JSON, the real queue, the demo model."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from core.models import Lesson, Syllabus

JSON = {"Accept": "application/json"}


class Learner:
    """A signed-in person with a JSON client and a worker at hand."""

    def __init__(self, user: User, drain: Callable[[], None]) -> None:
        self.user = user
        self.drain = drain
        self.client = Client()
        self.client.force_login(user)

    def post(self, url: str, body: Any = None) -> Any:
        data = body if isinstance(body, str | bytes) else json.dumps(body or {})
        return self.client.post(url, data, content_type="application/json", headers=JSON)

    def generate(self, topic: str, level: str = "Beginner") -> Any:
        return self.post("/syllabus/generate/", {"topic": topic, "knowledge_level": level})

    def say(self, lesson: Lesson, message: Any, kind: Any = "chat", **extra: Any) -> Any:
        body = {"message": message, "submission_type": kind, **extra}
        return self.post(address(lesson, "interact"), body)

    def status(self, accepted: Any) -> dict[str, Any]:
        response = self.client.get(accepted.json()["status_url"])
        return dict(response.json())

    def course(self, topic: str = "Linear algebra") -> Syllabus:
        """Have a course made by the real queue."""
        accepted = self.generate(topic)
        assert accepted.status_code == 202, accepted.text
        self.drain()
        return Syllabus.objects.get(pk=self.status(accepted)["result"]["syllabus_id"])

    def written_lesson(self, topic: str = "Linear algebra") -> Lesson:
        """Have the first lesson of a course written by the real queue."""
        lesson = self.course(topic).lessons().first()
        assert lesson is not None
        accepted = self.post(address(lesson, "generate"))
        assert accepted.status_code == 202, accepted.text
        self.drain()
        assert self.status(accepted)["status"] == "completed"
        return lesson


def address(lesson: Lesson, name: str = "") -> str:
    """Return a lesson's URL as the contract spells it."""
    course, module, number = lesson.place
    return f"/lessons/{course}/{module}/{number}/" + (f"{name}/" if name else "")


@pytest.fixture
def learner(alice: User, drain: Callable[[], None]) -> Learner:
    return Learner(alice, drain)


@pytest.fixture
def stranger(bob: User, drain: Callable[[], None]) -> Learner:
    return Learner(bob, drain)
