"""What happens to courses: asked for, found again."""

import hashlib

from django.contrib.auth.models import User

from core.llm.offer import model_named
from core.models import Syllabus
from core.models.course import normalise_topic
from taskqueue.enqueue import enqueue
from taskqueue.models import AITask
from taskqueue.types import TaskType

LONGEST_KEY = 200


def request_syllabus(
    user: User, *, topic: str, knowledge_level: str, background: str = "", model: str = ""
) -> AITask:
    """Queue a course, or return the task that is making the same one for this learner already.

    `model` is what the learner chose for all work on the course, "" for the site's own. May raise QueueFull.
    """
    wish = {"topic": topic, "knowledge_level": knowledge_level, "background": background}
    if model:
        wish["model"] = model
    task, _ = enqueue(
        TaskType.SYLLABUS_GENERATION,
        user=user,
        input_data=wish,
        dedupe_key=dedupe_key(user.pk, topic, knowledge_level, background, model),
        model=model,
    )
    return task


def dedupe_key(user_id: int, topic: str, level: str, background: str, model: str = "") -> str:
    """Return one key for all requests that lead to the same course."""
    level = f"{level}:{model_named(model).name}"
    wish = normalise_topic(topic)
    if background:
        wish = f"{wish}:{normalise_topic(background)}"
    key = f"user:{user_id}:{level}:{wish}"
    if len(key) > LONGEST_KEY:
        key = f"user:{user_id}:{hashlib.sha256(key.encode()).hexdigest()}"
    return key


def find_equal(
    user_id: int, topic: str, level: str, background: str, *, model: str = ""
) -> str | None:
    """Return the id of the learner's newest course on the topic, level and purpose by the model, if there is one."""
    wanted = normalise_topic(background), model_named(model)
    for course in Syllabus.objects.owned_by(user_id).equal_to(topic, level):
        if (normalise_topic(course.background), model_named(course.chosen_model)) == wanted:
            return str(course.pk)
    return None
