"""The test suite that ships in django-background-tasks, on our engine: in a drain's slot and in a worker's.

`EXCEPTIONS` names every test that cannot hold and says why. They are strict: one that begins to hold fails here.
"""

import sys
from collections.abc import Iterator
from typing import Any
from unittest import TestCase, mock

import pytest
from background_task.tasks import tasks

from tests.library.runner import EngineRunner, OneInAnotherThread, OneInThisThread

sys.modules.setdefault("mock", mock)  # the package that became unittest.mock
from background_task.tests import test_tasks as library  # noqa: E402

EXCEPTIONS = {
    "DatabaseOutageTestCase.test_dropped_db_connection": (
        "It wants a turn to give up when the database is away and a warning in the library's log. "
        "Our worker waits for the database, and says so in its own (tests/taskqueue/engine/test_outages.py)."
    ),
}
SLOTS = [OneInThisThread, OneInAnotherThread]


def on_engine(case: type[TestCase], slots: Any) -> type[TestCase]:
    """Return the library's test case with our engine in place of its runner."""

    def run(self: TestCase, result: Any = None) -> Any:
        with (
            mock.patch.object(tasks, "_runner", EngineRunner(slots)),
            mock.patch.dict(tasks._tasks),
        ):
            tasks.background(name="mytask")(library.empty_task)  # else one test needs another's
            library.completed_named_queue_tasks.clear()
            return super(adapted, self).run(result)

    adapted = type(f"{case.__name__}{slots.__name__}", (case,), {"run": run})
    for name, reason in exceptions_of(case):
        setattr(adapted, name, expected_to_fail(getattr(case, name), reason))
    return adapted


def exceptions_of(case: type[TestCase]) -> Iterator[tuple[str, str]]:
    for name, reason in EXCEPTIONS.items():
        of, _, test = name.partition(".")
        if of == case.__name__:
            yield test, reason


def expected_to_fail(test: Any, reason: str) -> Any:
    def again(self: TestCase) -> None:
        test(self)

    return pytest.mark.xfail(strict=True, reason=reason)(again)


CASES = [case for case in vars(library).values() if isinstance(case, type)]
CASES = [
    case for case in CASES if case.__module__ == library.__name__ and issubclass(case, TestCase)
]
for case in CASES:
    for slots in SLOTS:
        adapted = on_engine(case, slots)
        globals()[adapted.__name__] = adapted
del case, adapted


def test_every_exception_is_a_test_of_theirs() -> None:
    tests = {f"{case.__name__}.{name}" for case in CASES for name in vars(case)}

    assert set(EXCEPTIONS) <= tests
