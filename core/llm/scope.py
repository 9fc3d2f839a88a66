"""Whose call it is: what the engine tells the door about the task a model is called for."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count


@dataclass
class CallScope:
    """The task that calls are made for.

    `model` names the one the work was given (see `core.llm.offer`), "" for the site's own. `check` raises when the task
    was lost. `on_token` sees text that is meant for reading as it comes, and `on_text_end` is called when no more of
    it comes, however that ended.
    """

    task_id: uuid.UUID | None = None
    learner_id: int | None = None
    model: str = ""
    on_token: Callable[[str], None] | None = None
    on_text_end: Callable[[], None] = lambda: None
    check: Callable[[], None] | None = None
    ordinals: Iterator[int] = field(default_factory=lambda: count(1))


current_scope: ContextVar[CallScope | None] = ContextVar("current_scope", default=None)


@contextmanager
def call_scope(
    *,
    task_id: uuid.UUID | None = None,
    learner_id: int | None = None,
    model: str = "",
    on_token: Callable[[str], None] | None = None,
    on_text_end: Callable[[], None] = lambda: None,
    check: Callable[[], None] | None = None,
) -> Iterator[CallScope]:
    """Make every model call inside the block count as made for this task."""
    scope = CallScope(task_id, learner_id, model, on_token, on_text_end, check)
    token = current_scope.set(scope)
    try:
        yield scope
    finally:
        current_scope.reset(token)
