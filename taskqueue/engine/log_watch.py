"""Hearing of writes to a SQLite database from the kernel."""

import logging
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inotify_simple import INotify

logger = logging.getLogger(__name__)

FRESH = 0.02


class LogWatch:
    """The write-ahead log of the database, into which each commit goes (https://sqlite.org/wal.html), under inotify(7).

    The folder is watched and not the file, for the log is deleted and made anew.
    """

    def __init__(self, log: Path, inotify: "INotify") -> None:
        self._name = log.name
        self._inotify = inotify
        self._written = 0.0
        self.ear = inotify.fileno()

    @property
    def is_fresh(self) -> bool:
        """Whether something was written so lately that its commit may still become visible."""
        return time.monotonic() - self._written < FRESH

    def listen(self) -> None:
        """Take what the kernel has said."""
        if any(event.name == self._name for event in self._inotify.read(timeout=0)):
            self._written = time.monotonic()

    def close(self) -> None:
        self._inotify.close()


def watch_log(database: Path) -> LogWatch | None:
    """Return a watch on the log of a database; None where the kernel does not tell, or has no room."""
    if sys.platform != "linux":
        return None
    from inotify_simple import INotify, flags

    with ExitStack() as undo:
        try:
            inotify = undo.enter_context(INotify())
            inotify.add_watch(database.absolute().parent, flags.MODIFY)
        except OSError as error:
            logger.warning("Commits are looked for, not heard: the kernel says %s", error)
            return None
        undo.pop_all()
    return LogWatch(database.with_name(f"{database.name}-wal"), inotify)
