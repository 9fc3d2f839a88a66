"""Learners who ask over HTTP and read the answers as a page does: by the stream, from where it broke off."""

import http.client
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from django.contrib.auth.models import User

from core.models import Lesson, LessonContent, Module, Syllabus
from tests.stubs.product_answers import LESSON
from tests.taskqueue.engine.web import PATIENCE, Event, Stream, Web, cookie_of, text_of

FINAL = ("completed", "failed", "cancelled")
WITHIN = 90.0  # a turn that its reader has not seen end by then hangs
AGAIN = 0.1
TOKEN = "x" * 32
LOST = (OSError, http.client.HTTPException)


@dataclass
class Turn:
    """What a reader knows of one turn. `joined_late`: it first came when all was over, so there was no text to read."""

    question: str
    task_id: str = ""
    events: list[Event] = field(default_factory=list)
    cuts: int = 0

    @property
    def is_over(self) -> bool:
        return bool(self.events) and self.events[-1].name in FINAL

    @property
    def joined_late(self) -> bool:
        return self.is_over and len(self.events) == 1

    @property
    def text(self) -> str:
        return text_of(self.events)


class Open:
    """The streams that are open now, for whoever wants to cut one."""

    def __init__(self) -> None:
        self._streams: list[Stream] = []
        self._guard = threading.Lock()

    @contextmanager
    def holding(self, stream: Stream) -> Iterator[Stream]:
        with self._guard:
            self._streams.append(stream)
        try:
            yield stream
        finally:
            with self._guard:
                self._streams.remove(stream)
            stream.close()

    def cut(self, whom: int) -> bool:
        """Cut one of them; False when there is none."""
        with self._guard:
            if self._streams:
                self._streams[whom % len(self._streams)].cut()
            return bool(self._streams)


class Learner:
    """Asks one question after another, each when the answer to the one before is there."""

    def __init__(self, name: str, questions: int) -> None:
        user = User.objects.create(username=name)
        course = Syllabus.objects.create(user=user, topic=name, level="Beginner", title="Vectors")
        module = Module.objects.create(syllabus=course, position=1, title="Arrows")
        lesson = Lesson.objects.create(module=module, position=1, title="Arrows", minutes=10)
        LessonContent.objects.create(lesson=lesson, exposition=LESSON)
        self._url = f"{lesson.get_absolute_url()}interact/"
        self._cookie = f"{cookie_of(user)}; csrftoken={TOKEN}"
        self.turns = [Turn(f"question {n} of {name}") for n in range(1, questions + 1)]

    def study(self, web: Web, opened: Open) -> None:
        """Live through all turns; touches no database."""
        for turn in self.turns:
            until = time.monotonic() + WITHIN
            while not turn.is_over and time.monotonic() < until:
                with suppress(*LOST):
                    turn.task_id = turn.task_id or self._ask(web, turn.question)
                    self._listen(web, turn, opened, until)
                turn.cuts += not turn.is_over
                time.sleep(0 if turn.is_over else AGAIN)

    def _ask(self, web: Web, question: str) -> str:
        """Send a question, under the same name whenever it is sent again, and return its task."""
        said = {
            "message": f"What about {question}?",
            "submission_type": "chat",
            "request_id": str(uuid.uuid5(uuid.NAMESPACE_OID, question)),
        }
        headers = {
            "Cookie": self._cookie,
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=PATIENCE)
        try:
            connection.request("POST", self._url, json.dumps(said), headers)
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        return str(json.loads(body)["task_id"]) if response.status == 202 else ""

    def _listen(self, web: Web, turn: Turn, opened: Open, until: float) -> None:
        if not turn.task_id:
            return
        after = turn.events[-1].number if turn.events else None
        with opened.holding(Stream(web, turn.task_id, self._cookie, after)) as stream:
            for event in stream if stream.status == 200 else ():
                turn.events.append(event)
                if turn.is_over or time.monotonic() > until:
                    return


def study_all(learners: list[Learner], web: Web, opened: Open) -> Callable[[], None]:
    """Let them all begin, each in a thread, and return what waits for the last one."""
    threads = [
        threading.Thread(target=learner.study, args=[web, opened], daemon=True)
        for learner in learners
    ]
    for thread in threads:
        thread.start()

    def wait() -> None:
        for thread in threads:
            thread.join()

    return wait
