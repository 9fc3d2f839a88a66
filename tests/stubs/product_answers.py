"""What a well-behaved model says to every prompt of the product, for `Stub(answer=answer)`.

A request is recognised by the JSON schema that goes with it, or by its words where there is none.
"""

import json
from collections.abc import Callable

from tests.stubs.openai_server import Body, Reply, obj, text

HINTS = {"hints": ["Look at the key terms.", "It is what an arrow shows."]}
CHOICE = {
    "kind": "multiple_choice",
    "question": "What is a vector?",
    "right": "A movement with a size and a direction",
    "wrong": ["A single number", "A point on a map", "A kind of angle"],
    "solution": "A vector has a size and a direction.",
    **HINTS,
}
GAP = {
    "kind": "fill_in",
    "question": "Everything is measured from the ____.",
    "accepted": ["origin"],
    "solution": "The origin is where measuring starts.",
    **HINTS,
}
ORDER = {
    "kind": "ordering",
    "question": "From the shortest to the longest.",
    "items_in_order": ["$(1, 0)$", "$(1, 1)$", "$(3, 4)$"],
    "solution": "Their lengths are $1$, $\\sqrt{2}$ and $5$.",
    **HINTS,
}
OUTLINE = {
    "title": "Linear algebra from the ground up",
    "objectives": ["Use vectors", "Use matrices", "Solve systems"],
    "modules": [
        {"title": "Vectors", "summary": "Arrows and lists."},
        {"title": "Matrices", "summary": "Maps of the plane."},
    ],
}
LESSON = """## A walk in the city

You stand at a fountain. A friend calls: three blocks east, two blocks north.

A **vector** is a movement with a size and a direction. Written as a column it is

$$v = \\begin{pmatrix} 3 \\\\ 2 \\end{pmatrix}$$

and its length is $\\lVert v \\rVert = \\sqrt{3^2 + 2^2}$.

| Vector | Length |
|---|--:|
| $(3, 4)$ | 5 |
| $(1, 0)$ | 1 |

```python
length = (3**2 + 4**2) ** 0.5
```

Adding two vectors means walking the one and then the other. The order does not matter, because both ways lead to the
same corner. Stretching a vector keeps its direction and changes its size; a negative factor turns it around.

## Key terms

- **vector**: a movement with a size and a direction
- **origin**: the point from which everything is measured
- **length**: the size of a vector
"""
CHAT = "A vector is a movement with a size and a direction. What would change if you only knew its size?"


def answer(body: Body) -> Reply:
    """Return what a model would say to a request of the product."""
    schema = (body.get("response_format") or {}).get("json_schema", {}).get("name", "")
    asked = body["messages"][-1]["content"]
    if schema:
        return obj(OBJECTS[schema](asked))
    return text(LESSON if "Write the text of the lesson" in asked else CHAT)


def _plan(asked: str) -> Body:
    """Plan two lessons, titled after the module that is being planned."""
    name = "Matrices" if '"Matrices"' in asked.split("JSON schema")[0] else "Vectors"
    return {
        "lessons": [
            {
                "title": f"{name}, lesson {number}",
                "summary": "One idea, one example.",
                "objectives": ["Say what it is"],
                "minutes": 15,
            }
            for number in (1, 2)
        ]
    }


def _intent(asked: str) -> str:
    message = json.loads(asked.split("The message, as JSON: ")[1].split("\n\nAnswer with")[0])
    return "chat" if message.endswith("?") else "answer"


OBJECTS: dict[str, Callable[[str], Body]] = {
    "Outline": lambda asked: OUTLINE,
    "ModulePlan": _plan,
    "IntentDraft": lambda asked: {"intent": _intent(asked)},
    "ExerciseDraft": lambda asked: {"exercise": CHOICE},
    "AssessmentDraft": lambda asked: {"questions": [CHOICE, GAP, ORDER]},
    "MarkDraft": lambda asked: {"score": 1.0, "right": "Size and direction are there.", "help": ""},
}
