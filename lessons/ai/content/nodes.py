"""The steps of writing a lesson: state in, partial state out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from core.llm.door import Door
from core.llm.offer import Role
from lessons.ai.content.prompts import EXPOSITION_VERSION, exposition_prompt
from lessons.ai.content.state import ContentState, LessonText, as_exposition, remind


@dataclass(frozen=True)
class Surroundings:
    """What the nodes may use besides their state; `on_step(step, done, total)` hears what is being done."""

    open_door: Callable[[Role], Door]
    on_step: Callable[[str, int, int], Any]


def recall(state: ContentState) -> ContentState:
    """Shorten the lesson before to what this one can build on."""
    return {"reminder": remind(state["brief"].previous)}


def write(state: ContentState, runtime: Runtime[Surroundings]) -> ContentState:
    """Ask for the text."""
    runtime.context.on_step("Writing the lesson", 0, 0)
    prompt = exposition_prompt(state["brief"], state["reminder"])
    answer = runtime.context.open_door("large").write(prompt, as_exposition)
    text = LessonText(as_exposition(answer.text), answer.model, EXPOSITION_VERSION)
    return {"text": text}
