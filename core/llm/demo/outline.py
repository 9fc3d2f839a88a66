"""The demo model's courses, as the planner asks for them."""

from typing import Any

from core.llm.demo.samples import course_on


def sketch_outline(inputs: dict[str, Any]) -> dict[str, Any]:
    """Answer `syllabus.outline`, from `topic` and `level`."""
    topic = inputs["topic"]
    course = course_on(topic)
    return {
        "title": topic.capitalize() if topic.islower() else topic,
        "objectives": course.objectives,
        "modules": [
            {"title": module.title, "summary": module.summary}
            for module in course.at(inputs["level"])
        ],
    }


def plan_module(inputs: dict[str, Any]) -> dict[str, Any]:
    """Answer `syllabus.module`, from `topic`, `level` and `number`, the module's place from 1."""
    module = course_on(inputs["topic"]).at(inputs["level"])[inputs["number"] - 1]
    return {
        "lessons": [
            {
                "title": lesson.title,
                "summary": lesson.summary,
                "objectives": lesson.objectives,
                "minutes": lesson.minutes,
            }
            for lesson in module.lessons
        ]
    }
