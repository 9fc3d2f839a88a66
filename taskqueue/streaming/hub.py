"""One thread and one database connection for all open streams of a process."""

import asyncio
import logging
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from itertools import groupby
from operator import attrgetter

from django.db import connection

from core.outage import in_a_line, is_outage
from taskqueue.engine.wakeup import Bell
from taskqueue.streaming.alarm import Alarm, alarm_for
from taskqueue.streaming.heartbeat import beat
from taskqueue.streaming.news import News, ended_visits, newer_than
from taskqueue.streaming.reader import Reader, Subscription, as_event

logger = logging.getLogger(__name__)

BEAT_EVERY = 15.0
CHECK_EVERY = 5.0
UNWELL = 1.0
PATIENCE = 5.0  # with an event loop that may have ended


class Hub:
    """Reads what was told of the tasks that somebody watches, once, and hands it to all who do.

    Readers belong to the event loop's thread, the database to the hub's own; the loop's `call_soon_threadsafe` and
    the bell are all that passes between them. The thread runs while there are readers.
    """

    def __init__(self) -> None:
        self._readers: defaultdict[uuid.UUID, set[Reader]] = defaultdict(set)
        self._fresh: set[uuid.UUID] = set()
        self._guard = threading.Lock()
        self._bell: Bell | None = None
        self.is_closed = False

    def join(self, subscription: Subscription) -> Reader:
        """Return a reader that gets all events after the subscription's number; call `leave` in the end."""
        reader = Reader(subscription)
        if self.is_closed:
            reader.end()
            return reader
        with self._guard:
            self._readers[subscription.task_id].add(reader)
            self._fresh.add(subscription.task_id)
            if self._bell is None:
                self._start()
            else:
                self._bell.poke()
        return reader

    def leave(self, reader: Reader) -> None:
        with self._guard:
            watching = self._readers[reader.subscription.task_id]
            watching.discard(reader)
            if not watching:
                del self._readers[reader.subscription.task_id]

    def close(self) -> None:
        """End every stream: the process is about to stop, and browsers come back to the next one."""
        self.is_closed = True
        for reader in self._all():
            reader.end()

    def _start(self) -> None:
        self._bell = Bell()
        loop = asyncio.get_running_loop()
        threading.Thread(
            target=self._work, args=[self._bell, loop], name="hub", daemon=True
        ).start()

    def _work(self, bell: Bell, loop: asyncio.AbstractEventLoop) -> None:
        well = True
        while not self._may_stop():
            try:
                self._watch(bell, loop)
                well = True
            except (
                Exception
            ) as error:  # whatever it is, readers must not wait for a thread that is gone
                if well:
                    trace = None if is_outage(error) else error
                    logger.warning(
                        "Streams wait for the database: %s", in_a_line(error), exc_info=trace
                    )
                well = False
                time.sleep(UNWELL)
            finally:
                connection.close()
        bell.close()

    def _may_stop(self) -> bool:
        with self._guard:
            if self._readers:
                return False
            self._bell = None
            return True

    def _watch(self, bell: Bell, loop: asyncio.AbstractEventLoop) -> None:
        """Look after the readers until there are none, or the database is away."""
        with closing(alarm_for(bell)) as alarm:
            self._look(list(self._readers), loop)
            beat_due, check_due = time.monotonic() + BEAT_EVERY, time.monotonic() + CHECK_EVERY
            while self._readers:
                self._look(self._told(alarm), loop)
                now = time.monotonic()
                if now >= beat_due:
                    beat_due = now + BEAT_EVERY
                    loop.call_soon_threadsafe(beat, self._all())
                if now >= check_due:
                    check_due = now + CHECK_EVERY
                    self._check(loop)

    def _told(self, alarm: Alarm) -> set[uuid.UUID]:
        told = alarm.wait(UNWELL)
        with self._guard:
            told |= self._fresh
            self._fresh.clear()
            return told & self._readers.keys()

    def _look(self, tasks: Iterable[uuid.UUID], loop: asyncio.AbstractEventLoop) -> None:
        """Read what is new of these tasks, pass it on, and wait until that is done.

        While the event loop is busy nothing is read, or the same would be read and kept again and again.
        """
        with self._guard:
            seen = [
                (task, min(reader.after for reader in self._readers[task]))
                for task in tasks
                if task in self._readers
            ]
        if news := list(newer_than(seen)):
            delivered = threading.Event()
            loop.call_soon_threadsafe(self._deliver, news)
            loop.call_soon_threadsafe(delivered.set)
            delivered.wait(PATIENCE)

    def _deliver(self, news: list[News]) -> None:
        for task_id, events in groupby(news, attrgetter("task_id")):
            told = [(event, as_event(*event[1:])) for event in events]
            for reader in list(self._readers.get(task_id, ())):
                self._pass_on(told, reader)

    def _pass_on(self, told: list[tuple[News, bytes]], reader: Reader) -> None:
        """Give a reader what it has not seen, up to an end, in one piece however much it is."""
        fresh = [each for each in told if each[0].sequence > reader.after]
        end = next((n for n, (event, _) in enumerate(fresh, 1) if event.is_end), None)
        if fresh[:end]:
            reader.after = fresh[:end][-1][0].sequence
            reader.put(b"".join(data for _, data in fresh[:end]), last=end is not None)

    def _check(self, loop: asyncio.AbstractEventLoop) -> None:
        """End the streams of visits that are over, and look at everything once more, whatever was heard."""
        readers = self._all()
        ended = ended_visits([reader.subscription.visit for reader in readers])
        for reader in readers:
            if reader.subscription.visit in ended:
                loop.call_soon_threadsafe(reader.end)
        self._look(list(self._readers), loop)

    def _all(self) -> list[Reader]:
        with self._guard:
            return [reader for readers in self._readers.values() for reader in readers]
