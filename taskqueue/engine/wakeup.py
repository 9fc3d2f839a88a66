"""How the dispatcher sleeps, and what wakes it: a commit that concerns the queue, a poke, or the time it gave."""

import os
import select
import selectors
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from django.db import connection

from taskqueue.engine.log_watch import watch_log

# Where the kernel does not tell of commits, a task waits half of this on average before an idle worker sees it; 200
# looks a second take 1.4 % of a core, most of it in going to sleep and waking up.
POLL_EVERY = 0.005
# Where it does: while a commit may be on its way, and otherwise, for a file system that does not tell the kernel.
EXPECTANT = 0.001
MOMENT = 0.0001  # what a commit takes from its first page on
TRUSTING = 0.25


class Wakeup(Protocol):
    def wait(self, seconds: float) -> bool:
        """Sleep at most `seconds`; True when somebody said that there is work."""

    def close(self) -> None: ...


class Bell:
    """Wakes one sleeping thread from any other and from signal handlers (the self-pipe trick, D. J. Bernstein)."""

    def __init__(self) -> None:
        self.ear, self._clapper = os.pipe()
        os.set_blocking(self.ear, False)
        os.set_blocking(self._clapper, False)

    def poke(self) -> None:
        with suppress(BlockingIOError):  # a full pipe rings already
            os.write(self._clapper, b"!")

    def hush(self) -> None:
        with suppress(BlockingIOError):
            os.read(self.ear, 65536)

    def close(self) -> None:
        os.close(self.ear)
        os.close(self._clapper)


class Listening:
    """PostgreSQL tells: https://www.postgresql.org/docs/current/sql-notify.html

    Uses the connection of the thread that waits, and listens again after that was lost.
    """

    def __init__(
        self, bell: Bell, channel: str = "taskqueue", hear: Callable[[str], object] = str
    ) -> None:
        """Listen on a channel; `hear` is given what each notification carries."""
        self._bell = bell
        self._channel = channel
        self._tell = hear
        self._heard = False
        self._listening_on: Any = None

    def wait(self, seconds: float) -> bool:
        if connection.connection is not self._listening_on or connection.connection is None:
            self._listen()
            return False  # what was written before we listened made no sound: look once more
        if not self._heard:
            self._sleep(seconds)
        heard, self._heard = self._heard, False
        return heard

    def close(self) -> None:
        """Leave the connection as it was found."""
        if self._listening_on is not None and self._listening_on is connection.connection:
            self._listening_on.remove_notify_handler(self._hear)
            with connection.cursor() as cursor:
                cursor.execute(f"UNLISTEN {self._channel}")

    def _listen(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {self._channel}")
        self._listening_on = connection.connection
        connection.connection.add_notify_handler(self._hear)

    def _hear(self, notification: Any) -> None:
        """Note a notification; those that come with the answer to a query end up here too."""
        self._heard = True
        self._tell(notification.payload)

    def _sleep(self, seconds: float) -> None:
        socket = connection.connection.fileno()
        with selectors.DefaultSelector() as selector:
            selector.register(self._bell.ear, selectors.EVENT_READ)
            selector.register(socket, selectors.EVENT_READ)
            rung = [key.fd for key, _ in selector.select(seconds)]
        if self._bell.ear in rung:
            self._bell.hush()
        if socket in rung:
            self._read()

    def _read(self) -> None:
        """Take what the server sent, or raise the database's error when it has hung up."""
        with connection.wrap_database_errors:
            server = connection.connection.pgconn
            server.consume_input()
            while notification := server.notifies():
                self._heard = True
                self._tell(notification.extra.decode())


class Looking:
    """SQLite is asked: PRAGMA data_version changes with the commits of others and costs a few microseconds.

    On Linux it is asked when something was written to the database's log, elsewhere `every` so many seconds.
    """

    def __init__(self, bell: Bell, every: float = POLL_EVERY) -> None:
        file = _database_file()
        self._bell = bell
        self._every = every
        self._seen: object = None
        self._ear = select.poll()  # a fifth cheaper than a selector, two hundred times a second
        self._ear.register(bell.ear, select.POLLIN)
        self._log = None if file is None else watch_log(file)
        if self._log:
            self._ear.register(self._log.ear, select.POLLIN)

    def wait(self, seconds: float) -> bool:
        """Sleep; never True, for what changed may be anything and a look is cheaper than the lock of a claim."""
        connection.ensure_connection()
        look = connection.connection.execute
        until = time.monotonic() + seconds
        if self._log:
            self._log.listen()  # to the caller's own commit
        while not self._has_changed(look):
            left = until - time.monotonic()
            if left <= 0:
                break
            heard = [ear for ear, _ in self._ear.poll(1000 * min(self._pause(), left))]
            if self._bell.ear in heard:
                self._bell.hush()
                break
            if self._log and heard:
                time.sleep(MOMENT)
                self._log.listen()
        return False

    def close(self) -> None:
        if self._log:
            self._log.close()

    def _pause(self) -> float:
        if self._log is None:
            return self._every
        return EXPECTANT if self._log.is_fresh else TRUSTING

    def _has_changed(self, look: Callable[[str], Any]) -> bool:
        seen = look("PRAGMA data_version").fetchone()
        changed: bool = seen != self._seen
        self._seen = seen
        return changed


def _database_file() -> Path | None:
    """Return the file of the database of SQLite, unless it is in memory."""
    database: Any = connection
    return None if database.is_in_memory_db() else Path(database.settings_dict["NAME"])
