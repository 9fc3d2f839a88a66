"""The planner without a queue: what it asks for and what it tells while it works."""

import pytest

from syllabus.ai.syllabus_graph import SyllabusAI

pytestmark = pytest.mark.django_db


def test_it_says_what_it_is_doing():
    steps = []

    draft = SyllabusAI(on_step=lambda *step: steps.append(step)).create("Bread", "Early Learner")

    assert draft.title == "Bread"
    assert steps == [
        ("Sketching the outline", 0, 0),
        ("Planning module 1 of 4", 0, 4),
        ("Planning module 2 of 4", 1, 4),
        ("Planning module 3 of 4", 2, 4),
        ("Planning module 4 of 4", 3, 4),
    ]


def test_a_known_course_is_returned_before_anything_is_asked():
    asked = []

    def find(*wish):
        asked.append(wish)
        return "known"

    planner = SyllabusAI(door=pytest.fail, find_equal=find)

    assert planner.create("Bread", "Advanced", "For work.") == "known"
    assert asked == [("Bread", "Advanced", "For work.")]
