"""From a model's text to a validated object, without guessing at what was meant."""

import json
import re
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)

FENCED = re.compile(r"```(?:json)?\s*\n(.*?)\n?```", re.DOTALL)


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
    try:
        return schema.model_validate_json(find_object(text))
    except ValidationError as error:
        raise ValueError(describe(error)) from error


def find_object(text: str) -> str:
    """Return the part of `text` that should be JSON."""
    if fenced := FENCED.search(text):
        text = fenced.group(1)
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else text


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
