"""What happens to courses: asked for, found again."""

import hashlib

from django.contrib.auth.models import User

from core.models import Syllabus
from core.models.course import normalise_topic
from taskqueue.enqueue import enqueue
from taskqueue.models import AITask
from taskqueue.types import TaskType

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
