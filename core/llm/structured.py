"""From a model's text to a validated object, without guessing at what was meant."""

import json
import re
import time
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

M = TypeVar("M", bound=BaseModel)

PACE = 0.25  # seconds between two looks at an object that grows

# Up to the last fence: the object's own strings may hold fenced code.
FENCED = re.compile(r"```(?:json)?\s*\n(.*)```", re.DOTALL)
NUMBER_AT_END = re.compile(r"-?\d[-+.\deE]*$")
ESCAPED_NULL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def instructions(schema: type[BaseModel]) -> str:
    """Return the sentence that asks for an object of this shape, for the end of a prompt."""
    shape = json.dumps(schema.model_json_schema(), ensure_ascii=False)
    return (
        "Answer with one JSON object and nothing else. Inside JSON strings write every backslash twice "
        f"(LaTeX too). The object has to satisfy this JSON schema:\n{shape}"
    )


def response_format(schema: type[BaseModel]) -> dict[str, Any]:
    """Return the same wish in the form that OpenAI-compatible servers take."""
    body = {"name": schema.__name__, "schema": schema.model_json_schema()}
    return {"type": "json_schema", "json_schema": body}


def parse(text: str, schema: type[M]) -> M:
    """Return the object in `text`: alone, in a code fence, or between words. ValueError says what is wrong.

    Nothing is repaired: an answer that does not fit is asked for again.
    """
    found = find_object(text)
    if ESCAPED_NULL.search(found):
        raise ValueError("answer: the null character cannot be used")
    try:
        return schema.model_validate_json(found)
    except ValidationError as error:
        raise ValueError(describe(error)) from error


def find_object(text: str) -> str:
    """Return the part of `text` that is JSON, or should be: from brace to brace, or a fence with prose around it."""
    between = _from_brace_to_brace(text)
    fenced = FENCED.search(text)
    if fenced is None or _is_json(between):
        return between
    return _from_brace_to_brace(fenced.group(1))


def _from_brace_to_brace(text: str) -> str:
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else text


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def describe(error: ValidationError) -> str:
    """Return a validation error as lines a model can act on."""
    return "\n".join(
        f"{'.'.join(str(part) for part in problem['loc']) or 'answer'}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_input=False)
    )


def repair_request(problems: str) -> str:
    """Return the message that asks for a corrected answer."""
    return (
        f"That answer cannot be used:\n{problems}\n"
        "Send the whole JSON object again, corrected, and nothing else."
    )


class Growing:
    """A JSON object while it is being written.

    `on_part` is told what is there and returns whether that was worth telling; if so it rests for PACE seconds, so that
    the first words are told at once, whatever stands before them.
    """

    def __init__(self, on_part: Callable[[dict[str, Any]], bool]) -> None:
        self._on_part = on_part
        self._text = ""
        self._next = 0.0

    def hear(self, text: str) -> None:
        self._text += text
        if time.monotonic() < self._next:
            return
        if self._on_part(part_of(self._text)):
            self._next = time.monotonic() + PACE


def part_of(text: str) -> dict[str, Any]:
    """Return the beginning of the object in an unfinished answer: strings as far as they go, numbers when they end."""
    start = text.find("{")
    known = NUMBER_AT_END.sub("", text[max(start, 0) :])
    try:
        part = from_json(known, allow_partial="trailing-strings")
    except ValueError:
        return {}
    return part if isinstance(part, dict) else {}
