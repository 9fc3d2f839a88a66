"""The demo model as a tutor: it sorts messages by plain rules and answers from the lesson's own text."""

import re
from typing import Any

from core.llm.demo.passages import best_passage, key_terms

EXERCISE = re.compile(r"\b(exercise|practi[cs]e|another question|quiz me)\b", re.IGNORECASE)
ASSESSMENT = re.compile(r"\b(assess|assessment|test me|exam)\b", re.IGNORECASE)
ASKING = re.compile(
    r"[?？؟]\s*$|^(what|why|how|when|where|which|who|can|could|explain|help|hint|tell|is|are|does|do)\b",
    re.IGNORECASE,
)
NO_ANSWER = (
    "The text of this lesson says nothing on that, and I am the built-in demo model: I can only find passages in the "
    "lesson. Its key terms are: {terms}. Ask about one of them, or connect a real model for questions that go further."
)


def sort_message(inputs: dict[str, Any]) -> dict[str, Any]:
    """Answer `tutor.intent`, from `message` and `has_exercise`."""
    message = inputs["message"].strip()
    if inputs["has_exercise"] and not ASKING.search(message):
        return {"intent": "answer"}
    if ASSESSMENT.search(message):
        return {"intent": "assessment"}
    return {"intent": "exercise" if EXERCISE.search(message) else "chat"}


def answer_question(inputs: dict[str, Any]) -> str:
    """Answer `tutor.chat`, from `message` and the lesson's `text`: the passage that fits, quoted, or an honest no."""
    passage = best_passage(inputs["text"], inputs["message"])
    if passage is None:
        terms = ", ".join(term for term, _ in key_terms(inputs["text"])) or "none"
        return NO_ANSWER.format(terms=terms)
    where = f" under “{passage.heading}”" if passage.heading else ""
    quoted = "\n".join(f"> {line}" for line in passage.text.splitlines())
    return (
        f"The lesson says{where}:\n\n{quoted}\n\n"
        "Say it once in your own words: which part of it is still unclear?"
    )
