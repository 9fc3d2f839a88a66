"""Which function answers which prompt of the product."""

from collections.abc import Callable
from typing import Any

from core.llm.demo.exposition import write_exposition
from core.llm.demo.outline import plan_module, sketch_outline

Answerer = Callable[[dict[str, Any]], str | dict[str, Any]]

ANSWERS: dict[str, Answerer] = {
    "syllabus.outline": sketch_outline,
    "syllabus.module": plan_module,
    "lesson.exposition": write_exposition,
}
