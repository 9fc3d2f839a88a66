"""A course that is still being planned, as far as it can be shown. What a model has half written is checked here."""

from collections.abc import Callable
from typing import Any

from syllabus.ai.state import ModulePlan, Outline

Preview = dict[str, Any]


class Previewer:
    """Passes on previews that differ from the last one; for one call of a model."""

    def __init__(self, show: Callable[[Preview], Any], preview: Callable[[Any], Preview]) -> None:
        self._show = show
        self._preview = preview
        self._last = preview({})

    def __call__(self, part: dict[str, Any]) -> bool:
        """Return whether there was something new to show."""
        preview = self._preview(part)
        if preview == self._last:
            return False
        self._last = preview
        self._show(preview)
        return True


def of_outline(part: Any) -> Preview:
    """Return what can be shown of an outline that is being written; the last text in it may still grow."""
    return {
        "title": _text(part.get("title")),
        "objectives": [_text(each) for each in _list(part.get("objectives")) if _text(each)],
        "modules": [
            {"title": _text(each["title"]), "lessons": []}
            for each in _list(part.get("modules"))
            if isinstance(each, dict) and _text(each.get("title"))
        ],
    }


def of_plans(outline: Outline, planned: list[ModulePlan], part: Any = None) -> Preview:
    """Return an outline with the lessons that are planned, and those in the `part` of the next module's plan.

    `minutes` of a lesson are None until they are known.
    """
    preview = of_outline(outline.model_dump())
    lessons = [[lesson.model_dump() for lesson in plan.lessons] for plan in planned]
    lessons.append(_list((part or {}).get("lessons")))
    for module, rows in zip(preview["modules"], lessons, strict=False):
        module["lessons"] = [
            {"title": row["title"], "minutes": _number(row.get("minutes"))}
            for row in rows
            if isinstance(row, dict) and _text(row.get("title"))
        ]
    return preview


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
