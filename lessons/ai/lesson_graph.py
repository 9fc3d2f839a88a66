"""The tutor, as the rest of the project sees it."""

from collections.abc import Callable
from functools import cache
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from core.llm.door import Door, open_door
from core.llm.offer import Role
from lessons.ai import nodes
from lessons.ai.nodes import Surroundings
from lessons.ai.state import Turn, TurnBrief, TurnState

Graph = CompiledStateGraph[TurnState, Surroundings, TurnState, TurnState]
KINDS = ("chat", "exercise", "assessment", "answer")


@cache
def turn_graph() -> Graph:
    """Return the graph: understand what is wanted, then do that."""
    graph = StateGraph(TurnState, context_schema=Surroundings)
    graph.add_node("understand", nodes.understand)
    graph.add_node("chat", nodes.chat)
    graph.add_node("exercise", nodes.exercise)
    graph.add_node("assessment", nodes.assessment)
    graph.add_node("answer", nodes.answer)
    graph.add_edge(START, "understand")
    graph.add_conditional_edges("understand", nodes.next_step)
    for kind in KINDS:
        graph.add_edge(kind, END)
    return graph.compile()


class LessonInteractionGraph:
    """Works out one turn of the tutor. Every failure of a model is a TaskError; nothing is saved here."""

    def __init__(
        self,
        door: Callable[[Role], Door] = open_door,
        on_step: Callable[[str, int, int], Any] = lambda step, done, total: None,
    ) -> None:
        self._surroundings = Surroundings(door, on_step)

    def respond(self, brief: TurnBrief) -> Turn:
        """Return what the tutor does about the learner's message."""
        turn: Turn = turn_graph().invoke({"brief": brief}, context=self._surroundings)["turn"]
        return turn
