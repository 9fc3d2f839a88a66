"""Answers learners."""

from typing import Any

from lessons.ai.lesson_graph import LessonInteractionGraph
from lessons.turns import brief_for, message_to_answer, save_turn
from taskqueue.models import AITask


def process_lesson_interaction(task: AITask) -> dict[str, Any]:
    """Work out the tutor's turn and save it with the task's end.

    Returns `{"message_ids": [int], "intent": str}`, the tutor's messages in order.
    """
    message = message_to_answer(task)
    turn = LessonInteractionGraph(on_step=task.report).respond(brief_for(message))
    return task.settle(lambda: save_turn(task, message, turn))
