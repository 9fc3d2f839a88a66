"""People who keep the workers busy: they talk to the tutor and ask for courses, as the pages would for them."""

import random
import uuid

from django.contrib.auth.models import User
from django.db import DatabaseError, connection

from core.models import Lesson, LessonContent, Module, Syllabus
from core.models.conversation import MessageType
from core.outage import is_outage
from lessons.conversation import Said, say
from syllabus.services import request_syllabus
from taskqueue.models import AITask
from tests.stubs.product_answers import LESSON

LEARNERS = 10
COURSES = 0.12
DOUBLE_CLICKS = 0.3


class Learner:
    """Does one thing at a time, and sends it again when nobody answers or the finger slips."""

    def __init__(self, name: str, dice: random.Random) -> None:
        self._dice = dice
        self._user = User.objects.create(username=name)
        course = Syllabus.objects.create(
            user=self._user, topic=name, level="Beginner", title="Vectors"
        )
        module = Module.objects.create(syllabus=course, position=1, title="Arrows")
        self._lesson = Lesson.objects.create(module=module, position=1, title="Arrows", minutes=10)
        LessonContent.objects.create(lesson=self._lesson, exposition=LESSON)
        self._number = 0
        self._wish: Said | str | None = None
        self._task: uuid.UUID | None = None

    def go_on(self, active: set[uuid.UUID], *, wishes: bool) -> None:
        """Ask for the next thing unless the last one is under way; without `wishes`, only send again what failed."""
        if self._task in active:
            return
        self._wish = self._wish or (self._next_wish() if wishes else None)
        if self._wish is None:
            return
        try:
            task = self._send(self._wish)
            if self._dice.random() < DOUBLE_CLICKS:
                task = self._send(self._wish)
        except DatabaseError as error:
            if not is_outage(error):
                raise
            connection.close()
            return  # the same wish is sent again
        self._task, self._wish = task.pk, None

    def _next_wish(self) -> Said | str:
        self._number += 1
        if self._dice.random() < COURSES:
            return f"Subject {self._number} of {self._user.username}"
        message = f"What is thing {self._number} of {self._user.username}?"
        return Said(message, MessageType.CHAT, request_id=uuid.uuid4())

    def _send(self, wish: Said | str) -> AITask:
        if isinstance(wish, Said):
            return say(self._user, self._lesson, wish)
        return request_syllabus(self._user, topic=wish, knowledge_level="Beginner")


def invite(seed: int) -> list[Learner]:
    """Return the learners of a performance."""
    return [Learner(f"learner {n}", random.Random(f"{seed}/{n}")) for n in range(LEARNERS)]


def active_tasks() -> set[uuid.UUID] | None:
    """Return the tasks under way, or None while the database is away."""
    try:
        return set(AITask.objects.active().values_list("pk", flat=True))
    except DatabaseError as error:
        if not is_outage(error):
            raise
        connection.close()
        return None
