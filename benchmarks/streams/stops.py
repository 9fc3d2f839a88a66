"""How soon a provider's connection is cut after Stop, and whether anything is asked or charged after that."""

import http.client
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator

from django.contrib.auth.models import User

from benchmarks.streams.idle import serving
from benchmarks.streams.table import Figure
from core.models import Lesson, LessonContent, LLMCall, Module, Syllabus
from core.models.conversation import MessageType
from lessons.conversation import Said, say
from taskqueue.models import AITask, TaskEvent
from tests.stubs import product_answers
from tests.stubs.openai_server import Body, Reply, Seen, Stub, text
from tests.taskqueue.engine.web import Web, cookie_of

PACE = 0.02
TOKEN = "x" * 32
WITHIN = 30.0
QUIET = 2.0
CALLS = 2  # what the learner wants, and the answer
LONG = product_answers.CHAT * 20


def measure(stops: int) -> Iterator[Figure]:
    alice = User.objects.create_user("alice")
    lesson = _lesson(alice)
    with Stub(answer=_answer) as stub, serving() as web:
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "process_tasks", "--skip-checks"],
            env={**os.environ, **stub.environment},
        )
        try:
            took = [_stop(number, alice, lesson, stub, web) for number in range(stops)]
            time.sleep(QUIET)  # in which nothing may happen
        finally:
            worker.terminate()
            worker.wait()
    yield Figure(f"from Stop's answer to the cut, worst of {stops}", 1000 * max(took), 1000, "ms")
    most = CALLS * stops
    yield Figure("calls made beyond those of the stopped turns", len(stub.seen) - most, 0)
    yield Figure("calls recorded beyond them", LLMCall.objects.count() - most, 0)
    yield Figure("stopped calls recorded as answered", _answered(), 0)


def _lesson(alice: User) -> Lesson:
    course = Syllabus.objects.create(user=alice, topic="v", level="Beginner", title="Vectors")
    module = Module.objects.create(syllabus=course, position=1, title="Arrows")
    lesson = Lesson.objects.create(module=module, position=1, title="Arrows", minutes=10)
    LessonContent.objects.create(lesson=lesson, exposition=product_answers.LESSON)
    return lesson


def _answer(body: Body) -> Reply:
    known = product_answers.answer(body)
    return known if body.get("response_format") else text(LONG, pace=PACE)


def _stop(number: int, alice: User, lesson: Lesson, stub: Stub, web: Web) -> float:
    """Stop a turn in the middle of its text; return the seconds from the answer to that until the provider was cut."""
    said = Said(f"What is thing {number}?", MessageType.CHAT, request_id=uuid.uuid4())
    task = say(alice, lesson, said)
    _wait_for(lambda: TaskEvent.objects.filter(task=task, name="token").exists())
    call: Seen = stub.seen[-1]
    _cancel(task, alice, web)
    answered = time.monotonic()
    if not call.cut.wait(WITHIN):
        sys.exit("The provider's connection was not cut.")
    return time.monotonic() - answered


def _cancel(task: AITask, alice: User, web: Web) -> None:
    line = http.client.HTTPConnection("127.0.0.1", web.port, timeout=WITHIN)
    headers = {"Cookie": f"{cookie_of(alice)}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
    line.request("POST", f"/api/tasks/{task.pk}/cancel/", headers=headers)
    response = line.getresponse()
    response.read()
    line.close()
    assert response.status == 200, response.status


def _answered() -> int:
    """Count the calls for the text of a turn, all of which were stopped, that stand in the ledger as finished."""
    return LLMCall.objects.filter(prompt="tutor.chat", outcome="ok").count()


def _wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + WITHIN
    while not condition():
        if time.monotonic() > until:
            sys.exit("The worker does not get on with its work.")
        time.sleep(0.02)
