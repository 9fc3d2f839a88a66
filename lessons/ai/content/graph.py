"""The writer of lessons, as the rest of the project sees it."""

from collections.abc import Callable
from functools import cache
from typing import Any

from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from core.llm.door import Door, open_door
from core.llm.offer import Role
from lessons.ai.content.nodes import Surroundings, recall, write
from lessons.ai.content.state import ContentState, LessonBrief, LessonText

Graph = CompiledStateGraph[ContentState, Surroundings, ContentState, ContentState]


@cache
def content_graph() -> Graph:
    """Return the graph: recall what was read before, then write."""
    graph = StateGraph(ContentState, context_schema=Surroundings)
    graph.add_node(recall)
    graph.add_node(write)
    graph.add_edge(START, "recall")
    graph.add_edge("recall", "write")
    return graph.compile()


class LessonContentAI:
    """Writes lessons. Every failure of a model is a TaskError; nothing is saved here."""

    def __init__(
        self,
        door: Callable[[Role], Door] = open_door,
        on_step: Callable[[str, int, int], Any] = lambda step, done, total: None,
    ) -> None:
        self._surroundings = Surroundings(door, on_step)

    def write(self, brief: LessonBrief) -> LessonText:
        """Return a text that fits the brief."""
        state = content_graph().invoke({"brief": brief}, context=self._surroundings)
        text: LessonText = state["text"]
        return text
