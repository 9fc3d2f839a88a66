"""Proving at boot that every registered type of task can be run, without keeping what that loads."""

import logging
import os
import signal
import threading

from taskqueue.checks import registry_paths_resolve

logger = logging.getLogger(__name__)

BROKEN = 3


class Preflight:
    """Imports every processor in a child process and stops this one, as by SIGTERM, when one cannot be.

    Processors load LangGraph: a hundred megabytes and two seconds that an idle worker need not spend.
    """

    def __init__(self) -> None:
        self.failed = False

    def start(self) -> None:
        """Fork the child. Do it before there are threads or connections, of which a child inherits only halves."""
        child = os.fork()
        if child == 0:
            os._exit(_resolve())
        threading.Thread(target=self._heed, args=[child], name="preflight", daemon=True).start()

    def _heed(self, child: int) -> None:
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) == BROKEN:
            self.failed = True
            os.kill(os.getpid(), signal.SIGTERM)


def _resolve() -> int:
    """Return the exit status of the child; what is broken goes to the log."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    os.nice(10)
    errors = registry_paths_resolve()
    for error in errors:
        logger.critical("%s", error)
    return BROKEN if errors else 0
