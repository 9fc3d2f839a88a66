"""Marking what can be marked without a model: choices, orders and gaps."""

import re
import unicodedata
from fractions import Fraction

from core.models.exercise import ExerciseKind

PASS_MARK = 0.7
CLOSED = {ExerciseKind.MULTIPLE_CHOICE, ExerciseKind.ORDERING, ExerciseKind.FILL_IN}

NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)")
RATIO = re.compile(r"([-+]?\d+)\s*/\s*(\d+)")
QUOTES = " \"'“”„«»「」`*"
QUESTION_MARK = re.compile(r"[?？؟;]\s*$")


def is_question(message: str) -> bool:
    """Whether a message ends like a question, in the scripts that mark one."""
    return bool(QUESTION_MARK.search(message)) and not message.rstrip().endswith(";")


def mark(kind: str, choices: list[str], key: object, answer: str) -> float | None:
    """Return the score of an answer from 0 to 1, or None when it is no answer to an exercise of this kind.

    `choices` and `key` are those of `core.models.Exercise`.
    """
    if kind == ExerciseKind.MULTIPLE_CHOICE:
        chosen = chosen_index(choices, answer)
        return None if chosen is None else float(chosen == key)
    if kind == ExerciseKind.ORDERING:
        order = given_order(choices, answer)
        return None if order is None else float(order == key)
    if kind == ExerciseKind.FILL_IN and isinstance(key, list):
        return None if is_question(answer) else float(fills(key, answer))
    return None


def chosen_index(choices: list[str], answer: str) -> int | None:
    """Return which choice is meant by its text, its number from 1, or its letter from A."""
    given = normalise(answer)
    texts = [normalise(choice) for choice in choices]
    if given in texts:
        return texts.index(given)
    place = place_of(given.strip("().: "))
    return place if place is not None and place < len(choices) else None


def given_order(choices: list[str], answer: str) -> list[int] | None:
    """Return the order meant by "2, 1, 3" or "B A C" as indexes; None unless each choice is named once."""
    places = [place_of(part) for part in re.split(r"[\s,;>→-]+", normalise(answer)) if part]
    order = [place for place in places if place is not None]
    return (
        order if sorted(order) == list(range(len(choices))) and len(places) == len(order) else None
    )


def fills(accepted: list[str], answer: str) -> bool:
    """Whether an answer is one of the accepted spellings, or the same number written otherwise."""
    given = normalise(answer)
    for right in map(normalise, accepted):
        if given == right:
            return True
        numbers = as_number(given), as_number(right)
        if None not in numbers and numbers[0] == numbers[1]:
            return True
    return False


def places_right(key: list[int], order: list[int]) -> int:
    """Return how many items stand where they belong."""
    return sum(mine == right for mine, right in zip(order, key, strict=True))


def normalise(text: str) -> str:
    """Return the form in which equal answers are equal: NFKC, case folded, without dollar signs and outer marks."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("$", "")
    return " ".join(folded.split()).strip(QUOTES).rstrip(" .,!;:。").strip(QUOTES)


def place_of(part: str) -> int | None:
    """Return the index meant by a number from 1 or a letter from a."""
    if part.isascii() and part.isdigit() and int(part) > 0:
        return int(part) - 1
    if len(part) == 1 and "a" <= part <= "z":
        return ord(part) - ord("a")
    return None


def as_number(text: str) -> Fraction | None:
    """Return the number a text stands for: 0.5, ,5 and 1/2 are the same."""
    if ratio := RATIO.fullmatch(text):
        return Fraction(int(ratio[1]), int(ratio[2])) if int(ratio[2]) else None
    if NUMBER.fullmatch(text):
        return Fraction(text.replace(",", "."))
    return None
