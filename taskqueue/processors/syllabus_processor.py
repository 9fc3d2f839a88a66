"""Makes courses."""

from functools import partial
from typing import Any, cast

from syllabus.ai.state import SyllabusDraft
from syllabus.ai.syllabus_graph import SyllabusAI
from syllabus.saving import save_syllabus
from syllabus.services import find_equal
from taskqueue.models import AITask


def process_syllabus_generation(task: AITask) -> dict[str, Any]:
    """Plan the course that `input_data` asks for and save all of it, or find it among the learner's courses."""
    wish, learner_id = task.input_data, cast(int, task.user_id)
    known = partial(find_equal, learner_id, model=wish.get("model", ""))
    planner = SyllabusAI(find_equal=known, on_step=task.report)
    plan = planner.create(wish["topic"], wish["knowledge_level"], wish["background"])
    return task.settle(lambda: _result(task, learner_id, plan))


def _result(task: AITask, learner_id: int, plan: SyllabusDraft | str) -> dict[str, Any]:
    if isinstance(plan, str):
        return {"syllabus_id": plan, "reused": True}
    course = save_syllabus(plan, user_id=learner_id, wish=task.input_data, task_id=task.task_id)
    return {"syllabus_id": str(course.pk), "reused": False}
