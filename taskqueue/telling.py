"""What runs say aloud while a model writes: gathered for a moment, then committed for readers to see."""

import logging
import threading
import time
import uuid
from collections import defaultdict

from django.db import connection, transaction

from core.outage import in_a_line, is_outage
from taskqueue.engine.bulk import update_each
from taskqueue.models import AITask, TaskEvent, TaskStatus
from taskqueue.models.task_event import Entry, EventName

logger = logging.getLogger(__name__)

PACE = 0.1  # seconds between two commits
IDLE = 5.0  # seconds of silence after which the connection is closed

Run = tuple[uuid.UUID, int]  # a task and the fence of its run


class Teller:
    """Gathers what runs say and writes that of all of them by one transaction, in the thread that speaks.

    What a run says after it lost its task is written nowhere. Text whose writing failed is kept for the next time.
    """

    def __init__(self) -> None:
        self._said: defaultdict[Run, list[str]] = defaultdict(list)
        self._gathering = threading.Lock()
        self._writing = threading.Lock()
        self._next = 0.0

    def say(self, run: Run, text: str) -> None:
        """Take a piece of text; the first words are written at once, more every PACE seconds."""
        self.gather(run, text)
        if time.monotonic() >= self._next:
            self.write()
            self._next = time.monotonic() + PACE

    def gather(self, run: Run, text: str) -> None:
        with self._gathering:
            self._said[run].append(text)

    def write(self) -> None:
        """Commit everything that was said until now; when it returns, nothing older is still to be written."""
        with self._writing:
            with self._gathering:
                said = {run: "".join(parts) for run, parts in self._said.items()}
                self._said.clear()
            try:
                _commit(said)
            except BaseException:
                with self._gathering:
                    for run, text in said.items():
                        self._said[run].insert(0, text)
                raise


class Writer(Teller):
    """A teller with a thread and a connection of its own, so that no slot needs one while a model thinks."""

    def __init__(self) -> None:
        super().__init__()
        self._something = threading.Event()
        self._over = False
        self._stumbled = False
        threading.Thread(target=self._work, name="writer", daemon=True).start()

    def say(self, run: Run, text: str) -> None:
        self.gather(run, text)
        self._something.set()

    def end(self) -> None:
        """Let the thread end; what is not written yet is the business of the run that said it."""
        self._over = True
        self._something.set()

    def _work(self) -> None:
        while not self._over:
            if not self._something.wait(IDLE):
                connection.close()
                continue
            self._something.clear()
            self._write_or_wait()
            time.sleep(PACE)
        connection.close()

    def _write_or_wait(self) -> None:
        try:
            self.write()
            self._stumbled = False
        except Exception as error:
            if not self._stumbled:
                trace = None if is_outage(error) else error
                logger.error(
                    "What models write is not shown yet: %s", in_a_line(error), exc_info=trace
                )
            self._stumbled = True
            self._something.set()
            connection.close()


def _commit(said: dict[Run, str]) -> None:
    if not said:
        return
    with transaction.atomic():
        numbers = update_each(
            AITask,
            ["task_id", "fence"],
            [],
            list(said),
            where={"status": TaskStatus.PROCESSING},
            to={},
            grow="events",
        )
        texts = {task_id: text for (task_id, _), text in said.items()}
        TaskEvent.objects.append(
            [
                Entry(task_id, number, EventName.TOKEN, {"text": texts[task_id]})
                for task_id, number in numbers.items()
            ]
        )
