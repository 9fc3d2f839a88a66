"""Plans as a model would send them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from syllabus.services import request_syllabus
from taskqueue.models import AITask


@pytest.fixture
def outline() -> dict[str, Any]:
    """An outline of two modules."""
    return {
        "title": "Baking bread",
        "objectives": ["Mix a dough", "Judge its rise", "Bake a loaf"],
        "modules": [
            {"title": "Dough", "summary": "Flour and water."},
            {"title": "Heat", "summary": "What an oven does."},
        ],
    }


def plan(*titles: str, **changed: Any) -> dict[str, Any]:
    """Return a module's lessons with these titles."""
    lesson = {"summary": "One idea.", "objectives": ["Explain it"], "minutes": 20, **changed}
    return {"lessons": [{"title": title, **lesson} for title in titles]}


@pytest.fixture
def make(alice: User, drain: Callable[[], None]) -> Callable[..., AITask]:
    """Ask for alice's course and run the queue once."""

    def make(topic: str = "Bread baking", level: str = "Beginner", background: str = "") -> AITask:
        task = request_syllabus(alice, topic=topic, knowledge_level=level, background=background)
        drain()
        task.refresh_from_db()
        return task

    return make
