"""The planner of courses, as the rest of the project sees it."""

from collections.abc import Callable
from functools import cache
from typing import Any

from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from core.llm.door import Door, open_door
from core.llm.offer import Role
from core.llm.providers import chosen_model
from syllabus.ai.nodes import (
    Surroundings,
    after_module,
    after_search,
    find_equal,
    plan_module,
    sketch_outline,
)
from syllabus.ai.prompts import MODULE_VERSION, OUTLINE_VERSION
from syllabus.ai.state import ModuleDraft, SyllabusDraft, SyllabusState

Graph = CompiledStateGraph[SyllabusState, Surroundings, SyllabusState, SyllabusState]


@cache
def syllabus_graph() -> Graph:
    """Return the graph: search, then an outline, then one module after the other."""
    graph = StateGraph(SyllabusState, context_schema=Surroundings)
    graph.add_node(find_equal)
    graph.add_node(sketch_outline)
    graph.add_node(plan_module)
    graph.add_edge(START, "find_equal")
    graph.add_conditional_edges("find_equal", after_search)
    graph.add_edge("sketch_outline", "plan_module")
    graph.add_conditional_edges("plan_module", after_module)
    return graph.compile()


class SyllabusAI:
    """Plans courses. Every failure of a model is a TaskError; nothing is saved here."""

    def __init__(
        self,
        door: Callable[[Role], Door] = open_door,
        find_equal: Callable[[str, str, str], str | None] = lambda topic, level, background: None,
        on_step: Callable[..., Any] = lambda *step: None,
    ) -> None:
        self._surroundings = Surroundings(door, find_equal, on_step)

    def create(self, topic: str, level: str, background: str = "") -> SyllabusDraft | str:
        """Return a new course, or the id of the one that `find_equal` knows."""
        asked: SyllabusState = {"topic": topic, "level": level, "background": background}
        state = syllabus_graph().invoke(asked, context=self._surroundings)
        return state["existing"] or as_draft(state)


def as_draft(state: dict[str, Any]) -> SyllabusDraft:
    """Return the course in a finished state."""
    outline = state["outline"]
    return SyllabusDraft(
        title=outline.title,
        objectives=outline.objectives,
        modules=[
            ModuleDraft(title=sketch.title, summary=sketch.summary, lessons=plan.lessons)
            for sketch, plan in zip(outline.modules, state["plans"], strict=True)
        ],
        model=chosen_model().large,
        prompt_version=f"{OUTLINE_VERSION} {MODULE_VERSION}",
    )
