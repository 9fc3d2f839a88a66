"""The steps of planning a course: state in, partial state out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from langgraph.runtime import Runtime

from core.llm.door import Door
from core.llm.offer import Role
from syllabus.ai.preview import Previewer, of_outline, of_plans
from syllabus.ai.prompts import module_prompt, outline_prompt
from syllabus.ai.state import Outline, SyllabusState, plan_beside


@dataclass(frozen=True)
class Surroundings:
    """What the nodes may use besides their state.

    `find_equal(topic, level, background)` returns the id of a course that makes a new one needless, or None;
    `on_step(step, done, total, preview)` hears what is being done, and what of it can be shown, if anything.
    """

    open_door: Callable[[Role], Door]
    find_equal: Callable[[str, str, str], str | None]
    on_step: Callable[..., Any]


def find_equal(state: SyllabusState, runtime: Runtime[Surroundings]) -> SyllabusState:
    """Look for the course among those the learner has."""
    found = runtime.context.find_equal(state["topic"], state["level"], state["background"])
    return {"existing": found}


def sketch_outline(state: SyllabusState, runtime: Runtime[Surroundings]) -> SyllabusState:
    """Ask for the modules."""
    show = partial(runtime.context.on_step, "Sketching the outline", 0, 0)
    show()
    prompt = outline_prompt(state["topic"], state["level"], state["background"])
    growing = Previewer(show, of_outline)
    return {"outline": runtime.context.open_door("large").fill(prompt, Outline, growing)}


def plan_module(state: SyllabusState, runtime: Runtime[Surroundings]) -> SyllabusState:
    """Ask for the lessons of the next module, telling what is planned already."""
    outline, planned = state["outline"], state.get("plans", [])
    done, total = len(planned), len(outline.modules)
    show = partial(runtime.context.on_step, f"Planning module {done + 1} of {total}", done, total)
    show(of_plans(outline, planned))
    prompt = module_prompt(state["topic"], state["level"], state["background"], outline, planned)
    growing = Previewer(show, partial(of_plans, outline, planned))
    door = runtime.context.open_door("large")
    return {"plans": [door.fill(prompt, plan_beside(planned), growing)]}


def after_search(state: SyllabusState) -> Literal["sketch_outline", "__end__"]:
    return "__end__" if state["existing"] else "sketch_outline"


def after_module(state: SyllabusState) -> Literal["plan_module", "__end__"]:
    return "plan_module" if len(state["plans"]) < len(state["outline"].modules) else "__end__"
