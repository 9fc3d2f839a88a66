"""What happens to courses: asked for, found again, saved."""

import hashlib
import uuid
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet

from core.models import Lesson, Module, Syllabus
from core.models.course import normalise_topic
from taskqueue.enqueue import enqueue
from taskqueue.models import AITask
from taskqueue.types import TaskType

if TYPE_CHECKING:
    from syllabus.ai.state import SyllabusDraft

LONGEST_KEY = 200


def request_syllabus(
    user: User, *, topic: str, knowledge_level: str, background: str = ""
) -> AITask:
    """Queue a course, or return the task that is making the same one for this learner already.

    May raise QueueFull.
    """
    data = {"topic": topic, "knowledge_level": knowledge_level, "background": background}
    key = dedupe_key(user.pk, topic, knowledge_level, background)
    task, _ = enqueue(TaskType.SYLLABUS_GENERATION, user=user, input_data=data, dedupe_key=key)
    return task


def dedupe_key(user_id: int, topic: str, level: str, background: str) -> str:
    """Return one key for all requests that lead to the same course."""
    wish = normalise_topic(topic)
    if background:
        wish = f"{wish}:{normalise_topic(background)}"
    key = f"user:{user_id}:{level}:{wish}"
    if len(key) > LONGEST_KEY:
        key = f"user:{user_id}:{level}:{hashlib.sha256(wish.encode()).hexdigest()}"
    return key


def find_equal(user_id: int, topic: str, level: str, background: str) -> str | None:
    """Return the id of the learner's newest course on the topic, level and purpose, if there is one."""
    wanted = normalise_topic(background)
    for course in Syllabus.objects.owned_by(user_id).equal_to(topic, level):
        if normalise_topic(course.background) == wanted:
            return str(course.pk)
    return None


def save_syllabus(
    draft: "SyllabusDraft", *, user_id: int, wish: dict[str, Any], task_id: uuid.UUID | None = None
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


def readable_by(user: User | AnonymousUser) -> QuerySet[Syllabus]:
    """Return the courses a person may read: public ones and their own; staff may read all."""
    if user.is_staff:
        return Syllabus.objects.all()
    return Syllabus.objects.filter(Q(is_public=True) | Q(user_id=user.pk))
