"""A planned course on its way into the database."""

import uuid
from typing import Any

from core.models import Lesson, Module, Syllabus
from syllabus.ai.state import SyllabusDraft


def as_draft(plan: dict[str, Any]) -> SyllabusDraft:
    """Return a plan that did not come from the planner, checked like one that did."""
    return SyllabusDraft.model_validate(plan)


def save_syllabus(
    draft: SyllabusDraft, *, user_id: int, wish: dict[str, Any], task_id: uuid.UUID | None = None
) -> Syllabus:
    """Write a planned course with its modules and lessons; the caller holds the transaction."""
    course = Syllabus.objects.create(
        user_id=user_id,
        topic=wish["topic"],
        level=wish["knowledge_level"],
        background=wish["background"],
        title=draft.title,
        objectives=draft.objectives,
        task_id=task_id,
        model=draft.model,
        chosen_model=wish.get("model", ""),
        prompt_version=draft.prompt_version,
    )
    modules = Module.objects.bulk_create(
        Module(syllabus=course, position=position, title=module.title, summary=module.summary)
        for position, module in enumerate(draft.modules, start=1)
    )
    Lesson.objects.bulk_create(
        Lesson(module=module, position=position, **lesson.model_dump())
        for module, plan in zip(modules, draft.modules, strict=True)
        for position, lesson in enumerate(plan.lessons, start=1)
    )
    return course
