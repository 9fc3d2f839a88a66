"""The demo model's exercises, made from the terms that a lesson defines, so that it really knows their keys."""

from collections.abc import Callable
from itertools import chain, islice
from typing import Any

from core.llm.demo.passages import key_terms, passages, words

GAP = "____"
FEWEST_TERMS = 3
RUBRIC_WORDS = 5
ENOUGH = 0.5
WHERE = "Look at the list of key terms in the lesson."

Terms = list[tuple[str, str]]


def write_exercise(inputs: dict[str, Any]) -> dict[str, Any]:
    """Answer `exercise.write`, from the lesson's `text` and the questions `asked` before."""
    new = _new_questions(inputs)
    return {"exercise": new[len(inputs["asked"]) % len(new)]}


def write_assessment(inputs: dict[str, Any]) -> dict[str, Any]:
    """Answer `assessment.write` with three or four questions, each of another kind where the text permits."""
    new = _new_questions(inputs)
    by_kind = {question["kind"]: question for question in reversed(new)}
    first = list(by_kind.values())
    rest = [question for question in new if question not in first]
    return {"questions": list(islice(chain(first, rest), 4 if len(by_kind) > 1 else 3))}


def mark_answer(inputs: dict[str, Any]) -> dict[str, Any]:
    """Answer `exercise.mark`: the share of the rubric's words that an answer names."""
    said = set(words(inputs["answer"]))
    wanted = [set(words(point)) for point in inputs["rubric"]]
    met = [point & said for point in wanted]
    share = sum(map(bool, met)) / len(wanted)
    named = ", ".join(sorted(set().union(*met)))
    return {
        "score": 1.0 if share >= ENOUGH else share,
        "right": f"You named what matters: {named}." if named else "",
        "help": "" if share >= ENOUGH else "Look at the definition in the lesson once more.",
    }


def _new_questions(inputs: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every question the text allows and that was not asked, or all of them when each was."""
    terms = key_terms(inputs["text"])
    if len(terms) < FEWEST_TERMS:
        every = _from_passages(inputs)
    else:
        every = [make(terms, number) for number in range(len(terms)) for make in MAKERS]
        every.insert(2, _ordering(terms))
    asked = set(inputs["asked"])
    return [question for question in every if question["question"] not in asked] or every


def _choice(terms: Terms, number: int) -> dict[str, Any]:
    term, definition = terms[number]
    others = [other for other, _ in terms if other != term]
    return {
        "kind": "multiple_choice",
        "question": f"Which term does this define?\n\n> {definition}",
        "right": term,
        "wrong": others[:3],
        "hints": _hints(term),
        "solution": f"**{term}**: {definition}",
    }


def _gap(terms: Terms, number: int) -> dict[str, Any]:
    term, definition = terms[number]
    return {
        "kind": "fill_in",
        "question": f"Fill the gap with a key term of this lesson.\n\n{GAP}: {definition.replace(GAP, '')}",
        "accepted": [term],
        "hints": _hints(term),
        "solution": f"**{term}**: {definition}",
    }


def _short(terms: Terms, number: int) -> dict[str, Any]:
    term, definition = terms[number]
    return {
        "kind": "short_answer",
        "question": f"Say in your own words what “{term}” means.",
        "rubric": _rubric(definition) or [term],
        "hints": [WHERE, f"The lesson begins like this: {_beginning(definition)} …"],
        "solution": f"**{term}**: {definition}",
    }


def _ordering(terms: Terms) -> dict[str, Any]:
    names = [term for term, _ in terms][:5]
    return {
        "kind": "ordering",
        "question": "Put these terms in the order in which the lesson lists them.",
        "items_in_order": names,
        "hints": [WHERE, f"It starts with “{names[0]}”."],
        "solution": ", then ".join(names),
    }


MAKERS: tuple[Callable[[Terms, int], dict[str, Any]], ...] = (_choice, _gap, _short)


def _from_passages(inputs: dict[str, Any]) -> list[dict[str, Any]]:
    """Ask for the content of passages where a text defines no terms."""
    found = [each for each in passages(inputs["text"]) if len(_rubric(each.text)) > 1]
    questions = [
        {
            "kind": "short_answer",
            "question": f"What does passage {number} say, under “{each.heading or inputs['lesson']}”?",
            "rubric": _rubric(each.text),
            "hints": ["Read that part of the lesson again.", "Name the words it turns on."],
            "solution": each.text,
        }
        for number, each in enumerate(found, start=1)
    ]
    return questions + [_objective(each) for each in inputs["objectives"]] + PADDING


def _objective(objective: str) -> dict[str, Any]:
    return {
        "kind": "short_answer",
        "question": f"How would you show that you can do this: {objective}?",
        "rubric": _rubric(objective) or [objective],
        "hints": ["Take an example.", "Say what you would do first."],
        "solution": objective,
    }


PADDING = [
    {
        "kind": "short_answer",
        "question": question,
        "rubric": ["lesson", "idea", "because"],
        "hints": ["Look at the lesson's headings.", "Say why you chose it."],
        "solution": "Any idea of the lesson, with a reason.",
    }
    for question in (
        "Which idea of this lesson matters most, and because of what?",
        "Which idea of this lesson could be misunderstood, and because of what?",
        "Which idea of this lesson would you tell a friend first, and because of what?",
    )
]


def _rubric(text: str) -> list[str]:
    """Return the longest words of a text: what an answer in other words still tends to name."""
    distinct = dict.fromkeys(words(text))
    return sorted(distinct, key=len, reverse=True)[:RUBRIC_WORDS]


def _hints(term: str) -> list[str]:
    return [WHERE, f"It begins with “{term[:1]}”."]


def _beginning(text: str) -> str:
    """Return the first words of a text, a third of them."""
    parts = text.split()
    return " ".join(parts[: max(1, len(parts) // 3)])
