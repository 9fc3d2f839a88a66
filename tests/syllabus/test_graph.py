"""The planner without a queue: what it asks for and what it tells while it works."""

import json

import pytest

from core.llm.structured import part_of
from syllabus.ai.preview import of_outline, of_plans
from syllabus.ai.state import Outline
from syllabus.ai.syllabus_graph import SyllabusAI
from tests.stubs.product_answers import OUTLINE

pytestmark = pytest.mark.django_db


def test_it_says_what_it_is_doing():
    told = []

    draft = SyllabusAI(on_step=lambda *step: told.append(step)).create("Bread", "Early Learner")

    assert draft.title == "Bread"
    assert list(dict.fromkeys(step[:3] for step in told)) == [
        ("Sketching the outline", 0, 0),
        ("Planning module 1 of 4", 0, 4),
        ("Planning module 2 of 4", 1, 4),
        ("Planning module 3 of 4", 2, 4),
        ("Planning module 4 of 4", 3, 4),
    ]


def test_what_it_shows_meanwhile_only_grows():
    answer = json.dumps(OUTLINE, indent=1)
    titles = [[module["title"] for module in OUTLINE["modules"]][:n] for n in range(3)]

    shown = [of_outline(part_of(answer[:end])) for end in range(len(answer) + 1)]

    seen = [[module["title"] for module in preview["modules"]] for preview in shown]
    assert [list(each) for each in dict.fromkeys(map(tuple, seen))] == titles
    assert {preview["title"] for preview in shown} == {"", OUTLINE["title"]}


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "Here it is:",
        "[1, 2",
        '{"modules": 7',
        '{"modules": [7, {"title": 5}, null',
        '{"title": {',
    ],
)
def test_nonsense_shows_nothing(answer):
    preview = of_outline(part_of(answer))

    assert preview == {"title": "", "objectives": [], "modules": []}


def test_lessons_appear_in_their_module_when_title_and_time_are_there():
    outline = Outline.model_validate(OUTLINE)
    part = part_of('{"lessons": [{"title": "One", "minutes": 10}, {"title": "Two", "minu')

    modules = of_plans(outline, [], part)["modules"]

    assert [module["lessons"] for module in modules] == [[{"title": "One", "minutes": 10}], []]


def test_a_known_course_is_returned_before_anything_is_asked():
    asked = []

    def find(*wish):
        asked.append(wish)
        return "known"

    planner = SyllabusAI(door=pytest.fail, find_equal=find)

    assert planner.create("Bread", "Advanced", "For work.") == "known"
    assert asked == [("Bread", "Advanced", "For work.")]
