"""Marking without a model, by tables."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lessons.ai.drafts import (
    AssessmentDraft,
    FillInDraft,
    MultipleChoiceDraft,
    OrderingDraft,
    ShortAnswerDraft,
)
from lessons.marking import fills, is_question, mark, places_right
from lessons.setting import choices_and_key, shuffled

COMMON = {"hints": ["one", "two"], "solution": "so"}
CHOICES = ["A vector", "$\\frac{1}{2}$", "Origin."]


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        ("A vector", 1.0), ("  a VECTOR. ", 1.0), ("a", 1.0), ("A)", 1.0), ("(a)", 1.0), ("1", 1.0), ("1.", 1.0),
        ("origin", 0.0), ("c", 0.0), ("3", 0.0), ("\\frac{1}{2}", 0.0),
        ("4", None), ("d", None), ("0", None), ("-1", None), ("a matrix", None), ("", None), ("²", 0.0), ("½", None),
    ],
)  # fmt: skip
def test_a_choice_by_text_letter_or_number(answer, score):
    assert mark("multiple_choice", CHOICES, 0, answer) == score


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        ("2, 3, 1", 1.0), ("2 3 1", 1.0), ("B C A", 1.0), ("b > c > a", 1.0), ("2-3-1", 1.0), ("b→c→a", 1.0),
        ("1, 2, 3", 0.0), ("3, 2, 1", 0.0),
        ("2, 3", None), ("2, 3, 3", None), ("2, 3, 4", None), ("first the origin", None), ("2, 3, 1, x", None),
    ],
)  # fmt: skip
def test_an_order_names_each_item_once(answer, score):
    assert mark("ordering", ["x", "y", "z"], [1, 2, 0], answer) == score


@pytest.mark.parametrize(
    ("accepted", "answer", "right"),
    [
        (["linear combination"], "Linear  Combination.", True),
        (["café"], "cafe\u0301", True),
        (["0.5"], "1/2", True), (["0.5"], ",5", True), (["0.5"], "0,50", True), (["1/2"], "2/4", True),
        (["-3"], "$-3$", True), (["3"], "3.0", True), (["2"], "4/2", True),
        (["3"], "1/0", False), (["3"], "-3", False), (["3"], "three", False), (["vector"], "vectors", False),
        (["مرحبا"], "مرحبا", True), (["向量"], "「向量」。", True),
    ],
)  # fmt: skip
def test_a_gap_is_filled_by_any_accepted_spelling(accepted, answer, right):
    assert fills(accepted, answer) is right


def test_a_question_is_no_answer_to_a_gap():
    assert mark("fill_in", [], ["vector"], "What does origin mean?") is None
    assert mark("fill_in", [], ["vector"], "origin") == 0.0


def test_open_answers_are_not_marked_by_code():
    assert mark("short_answer", [], ["a rubric"], "an answer") is None


@pytest.mark.parametrize(
    ("message", "asks"),
    [("Why?", True), ("为什么？", True), ("لماذا؟", True), ("x = 2;", False), ("Because.", False)],
)
def test_questions_are_told_by_their_mark(message, asks):
    assert is_question(message) is asks


def test_places_that_are_right_are_counted():
    assert places_right([2, 0, 1], [2, 1, 0]) == 1


@given(st.integers(0, 2**32), st.lists(st.text(min_size=1), min_size=2, max_size=7, unique=True))
def test_a_shuffled_list_is_never_as_it_was_and_loses_nothing(seed, items):
    order = shuffled(items, random.Random(seed))

    assert order != items
    assert sorted(order) == sorted(items)


@given(st.integers(0, 2**32))
def test_keys_point_at_what_is_right(seed):
    chance = random.Random(seed)
    choice = MultipleChoiceDraft(
        kind="multiple_choice", question="?", right="r", wrong=["a", "b", "c"], **COMMON
    )
    order = OrderingDraft(kind="ordering", question="?", items_in_order=["x", "y", "z"], **COMMON)

    chosen, ordered = choices_and_key(choice, chance), choices_and_key(order, chance)

    assert chosen["choices"][chosen["key"]] == "r"
    assert [ordered["choices"][index] for index in ordered["key"]] == ["x", "y", "z"]


def test_typed_answers_have_no_choices():
    gap = FillInDraft(kind="fill_in", question="A ____.", accepted=["x"], **COMMON)
    short = ShortAnswerDraft(kind="short_answer", question="?", rubric=["y"], **COMMON)

    assert choices_and_key(gap, random.Random(1)) == {"choices": [], "key": ["x"]}
    assert choices_and_key(short, random.Random(1)) == {"choices": [], "key": ["y"]}


@pytest.mark.parametrize(
    ("draft", "fields"),
    [
        (MultipleChoiceDraft, {"kind": "multiple_choice", "right": "x", "wrong": ["X ", "y"]}),
        (MultipleChoiceDraft, {"kind": "multiple_choice", "right": "x", "wrong": ["y"]}),
        (MultipleChoiceDraft, {"kind": "multiple_choice", "right": " ", "wrong": ["y", "z"]}),
        (OrderingDraft, {"kind": "ordering", "items_in_order": ["a", "b", "A"]}),
        (OrderingDraft, {"kind": "ordering", "items_in_order": ["a", "b"]}),
        (FillInDraft, {"kind": "fill_in", "accepted": ["x"]}),
        (FillInDraft, {"kind": "fill_in", "accepted": []}),
        (ShortAnswerDraft, {"kind": "short_answer", "rubric": []}),
    ],
)
def test_drafts_that_cannot_be_set_are_refused(draft, fields):
    with pytest.raises(ValidationError):
        draft(question="What?", **COMMON, **fields)


def test_an_assessment_asks_nothing_twice():
    question = {"kind": "short_answer", "question": "Why?", "rubric": ["x"], **COMMON}

    with pytest.raises(ValidationError, match="differ"):
        AssessmentDraft.model_validate({"questions": [question] * 3})
    with pytest.raises(ValidationError):
        AssessmentDraft.model_validate({"questions": [question]})
