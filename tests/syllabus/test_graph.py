"""The planner without a queue: what it asks for and what it tells while it works."""

import json
from itertools import pairwise

import pytest

from core.llm.structured import Growing, part_of
from syllabus.ai.preview import Previewer, of_outline, of_plans
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

    shown = [of_outline(part_of(answer[:end])) for end in range(len(answer) + 1)]

    assert all(is_beginning(early, late) for early, late in pairwise(shown))
    assert shown[-1]["title"] == OUTLINE["title"]
    assert shown[-1]["objectives"] == OUTLINE["objectives"]
    assert [module["title"] for module in shown[-1]["modules"]] == ["Vectors", "Matrices"]


def is_beginning(early, late):
    """Whether all that was shown is still there, but for the last text, which may have grown."""
    if isinstance(early, str):
        return late.startswith(early)
    if isinstance(early, dict):
        return all(is_beginning(value, late[key]) for key, value in early.items())
    return len(early) <= len(late) and all(map(is_beginning, early, late))


def test_the_first_letters_of_a_title_are_shown_at_once():
    told = []
    growing = Growing(Previewer(told.append, of_outline))

    for piece in ["Here", ' it is: {"ti', 'tle": "', "Line"]:
        growing.hear(piece)

    assert [preview["title"] for preview in told] == ["Line"]


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


@pytest.mark.parametrize(
    ("end", "second"),
    [
        ('"tit', []),
        ('"title": "Tw', [{"title": "Tw", "minutes": None}]),
        ('"title": "Two", "minutes": 1', [{"title": "Two", "minutes": None}]),
        ('"title": "Two", "minutes": 15}', [{"title": "Two", "minutes": 15}]),
    ],
)
def test_lessons_grow_in_their_module_and_have_a_time_when_it_is_whole(end, second):
    outline = Outline.model_validate(OUTLINE)
    part = part_of('{"lessons": [{"title": "One", "minutes": 10}, {' + end)

    modules = of_plans(outline, [], part)["modules"]

    assert [module["lessons"] for module in modules] == [
        [{"title": "One", "minutes": 10}, *second],
        [],
    ]


def test_a_known_course_is_returned_before_anything_is_asked():
    asked = []

    def find(*wish):
        asked.append(wish)
        return "known"

    planner = SyllabusAI(door=pytest.fail, find_equal=find)

    assert planner.create("Bread", "Advanced", "For work.") == "known"
    assert asked == [("Bread", "Advanced", "For work.")]
