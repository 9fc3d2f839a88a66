"""How finished tasks of a lesson are shown: as pieces of its page."""

from typing import Any

from django.template.loader import render_to_string

from core.models import ConversationHistory, Lesson, LessonContent
from core.models.conversation import Role
from taskqueue.models import AITask
from taskqueue.places import Place


def present_content(task: AITask) -> dict[str, Any]:
    """Show the lesson's text as it is now."""
    lesson_id = task.input_data["lesson_id"]
    content = LessonContent.objects.current().filter(lesson_id=lesson_id).first()
    return {"html": render_to_string("lessons/_content.html", {"content": content})}


def present_turn(task: AITask) -> dict[str, Any]:
    """Show the tutor's messages of the turn, or what was kept of one that was stopped."""
    messages = ConversationHistory.objects.filter(task_id=task.pk, role=Role.TUTOR)
    shown = messages.select_related("exercise__lesson__module").order_by("pk")
    pieces = [render_to_string("lessons/_message.html", {"message": each}) for each in shown]
    return {"html": "".join(pieces)}


def place_of_content(task: AITask) -> Place | None:
    """Lead to the lesson."""
    lessons = Lesson.objects.select_related("module")
    lesson = lessons.filter(pk=task.input_data["lesson_id"]).first()
    return Place(f"The lesson “{lesson}”", lesson.get_absolute_url()) if lesson else None


def place_of_turn(task: AITask) -> Place | None:
    """Lead to the conversation."""
    messages = ConversationHistory.objects.select_related("lesson__module")
    message = messages.filter(pk=task.input_data["message_id"]).first()
    if message is None:
        return None
    path = f"{message.lesson.get_absolute_url()}#tutor"
    return Place(f"The tutor’s answer in “{message.lesson}”", path)
