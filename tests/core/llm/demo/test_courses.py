"""The demo's courses and lessons, read as the rest of the project reads them."""

import re

import pytest

from core.constants import DIFFICULTY_VALUES
from core.llm.demo.exposition import write_exposition
from core.llm.demo.model import DemoChatModel
from core.llm.demo.outline import plan_module, sketch_outline
from lessons.ai.content.state import as_exposition
from syllabus.ai.state import ModulePlan, Outline

TOPICS = ["Linear algebra", "bread baking", "تعلم العربية", "線形代数", "{topic} $x$ `a`"]
KEY_TERM = re.compile(r"^- \*\*(.+?)\*\*: (.+)$", re.MULTILINE)


def course(topic, level):
    """Return an outline and its modules' plans, validated as the planner does it."""
    asked = {"topic": topic, "level": level, "background": ""}
    outline = Outline.model_validate(sketch_outline(asked))
    numbers = range(1, len(outline.modules) + 1)
    plans = [
        ModulePlan.model_validate(plan_module({**asked, "number": number})) for number in numbers
    ]
    return outline, plans


def texts(topic, level):
    """Return the text of every lesson by its title."""
    outline, plans = course(topic, level)
    modules = [
        {"title": module.title, "lessons": [lesson.title for lesson in plan.lessons]}
        for module, plan in zip(outline.modules, plans, strict=True)
    ]
    facts = {"topic": topic, "level": level, "outline": modules}
    return {
        lesson.title: write_exposition({**facts, "lesson": lesson.model_dump()})
        for plan in plans
        for lesson in plan.lessons
    }


@pytest.mark.parametrize("level", DIFFICULTY_VALUES)
@pytest.mark.parametrize("topic", TOPICS)
def test_every_lesson_of_every_course_is_fit_to_be_saved(topic, level):
    written = texts(topic, level)

    assert len(written) >= 9
    assert len(set(written.values())) == len(written)
    for text in written.values():
        assert as_exposition(text) == text.strip()
        assert len(dict(KEY_TERM.findall(text))) >= 4
        assert "A sample lesson" in text and "without a language model" in text


@pytest.mark.parametrize("topic", ["Linear algebra", "bread baking"])
def test_a_lesson_shows_what_a_lesson_can_have(topic):
    for text in texts(topic, "Beginner").values():
        for mark in ("## ", "|---|", "```python", "```diagram", "orked example", "Check yourself"):
            assert mark in text
        assert re.search(r"(?<!\$)\$[^$\n]+\$(?!\$)", text), "no formula in a line"
        assert re.search(r"^\$\$\n.+?\n\$\$$", text, re.DOTALL | re.MULTILINE), "no displayed one"


def test_levels_differ():
    titles = {level: tuple(texts("bread baking", level)) for level in DIFFICULTY_VALUES}

    assert len(set(titles.values())) == 4
    assert titles["Beginner"][0] == "What bread baking is about"


def test_the_topic_is_named_in_its_own_spelling():
    assert sketch_outline({"topic": "bread baking", "level": "Beginner"})["title"] == "Bread baking"
    assert sketch_outline({"topic": "iOS", "level": "Beginner"})["title"] == "iOS"


def test_linear_algebra_is_known_however_it_is_typed():
    asked = {"level": "Beginner", "number": 1}
    titles = {
        plan_module({"topic": topic, **asked})["lessons"][0]["title"]
        for topic in ("Linear algebra", " linear  ALGEBRA ")
    }

    assert titles == {"What a vector is"}


def test_a_lesson_somebody_else_planned_is_written_too_and_always_alike():
    facts = {
        "topic": "Bread",
        "level": "Advanced",
        "lesson": {"title": "Sourdough", "minutes": 20},
        "outline": [{"title": "Dough", "lessons": ["Yeast", "Sourdough"]}],
    }

    text = write_exposition(facts)

    assert text == write_exposition(facts)
    assert "[ Sourdough ]  <- you are here" in text


def asked(**inputs):
    return {"metadata": {"prompt": "syllabus.outline", "inputs": inputs}}


def test_the_model_streams_what_it_answers():
    config = asked(topic="Bread", level="Beginner")
    model = DemoChatModel()

    pieces = [chunk.text for chunk in model.stream([("user", "Hello")], config=config)]

    assert len(pieces) > 50
    assert "".join(pieces) == model.invoke([("user", "Hello")], config=config).text


def test_the_model_says_that_it_came_to_an_end():
    chunks = DemoChatModel().stream("Hello", config=asked(topic="Bread", level="Beginner"))

    assert [chunk.response_metadata for chunk in chunks if chunk.response_metadata] == [
        {"finish_reason": "stop"}
    ]


def test_a_prompt_nobody_answers_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        DemoChatModel().invoke("Hello", config={"metadata": {"prompt": "no.such", "inputs": {}}})
    with pytest.raises(KeyError):
        list(DemoChatModel().stream("Hello"))
