"""Where a worker stands, told to the conductor before it goes on.

The steps are recognised by their SQL, so that the worker under test runs unchanged: Django lets others see each
statement (`execute_wrappers`) and each commit (`on_commit`).
"""

import os
import re
import threading
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Client, Connection
from typing import Any

from django.db import transaction
from django.db.backends.signals import connection_created

STEPS = {
    "claim": r'UPDATE "?background_task"? SET "?locked_by"? = %s',
    "begin": r"UPDATE \"?taskqueue_aitask\"?\s+SET status = 'processing'",
    "report": r'UPDATE "taskqueue_aitask" SET "updated_at" = %s, "progress"',
    "look": r'SELECT .* FROM "core_llmcall"',
    "record": r'INSERT INTO "core_llmcall"',
    "save": r'INSERT INTO "core_(conversationhistory|syllabus)"',
    "complete": r'UPDATE "taskqueue_aitask" SET .*"finished_at"',
    "drop": r'DELETE FROM "?background_task"? ',
    "tell": r"INSERT INTO taskqueue_taskevent",
    "beat": r'UPDATE "taskqueue_worker" SET',
    "rescue": r'DELETE FROM "taskqueue_worker"',
}
PATTERNS = {step: re.compile(pattern, re.DOTALL) for step, pattern in STEPS.items()}


class Boundaries:
    """Watches every connection of this process and tells `address` what is about to be done, and what was."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._line = threading.local()

    def watch(self) -> None:
        connection_created.connect(self._attach, weak=False)

    def _attach(self, connection: Any, **kwargs: Any) -> None:
        if self._see not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._see)

    def _see(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        step = next((step for step, pattern in PATTERNS.items() if pattern.search(sql)), None)
        if step is None:
            return execute(sql, params, many, context)
        self._reach(f"before {step}")
        result = execute(sql, params, many, context)
        self._reach(f"in {step}")
        connection = context["connection"]
        if connection.in_atomic_block:
            transaction.on_commit(partial(self._reach, f"after {step}"), using=connection.alias)
        else:
            self._reach(f"after {step}")
        return result

    def _reach(self, boundary: str) -> None:
        """Wait until the conductor has seen it; it may never answer, and then this process is no more."""
        try:
            line = self._connect()
            line.send((os.getpid(), boundary))
            line.recv()
        except (OSError, EOFError):
            return  # the performance is over

    def _connect(self) -> "Connection[Any, Any]":
        if not hasattr(self._line, "line"):
            self._line.line = Client(self._address)
        line: Connection[Any, Any] = self._line.line
        return line
