"""Which function answers which prompt of the product."""

from collections.abc import Callable
from typing import Any

from core.llm.demo.exercises import mark_answer, write_assessment, write_exercise
from core.llm.demo.exposition import write_exposition
from core.llm.demo.outline import plan_module, sketch_outline
from core.llm.demo.tutor import answer_question, sort_message

Answerer = Callable[[dict[str, Any]], str | dict[str, Any]]

ANSWERS: dict[str, Answerer] = {
    "syllabus.outline": sketch_outline,
    "syllabus.module": plan_module,
    "lesson.exposition": write_exposition,
    "tutor.intent": sort_message,
    "tutor.chat": answer_question,
    "exercise.write": write_exercise,
    "exercise.mark": mark_answer,
    "assessment.write": write_assessment,
}
