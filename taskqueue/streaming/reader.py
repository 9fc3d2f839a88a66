"""One open stream: what is to be sent to it, and how far it has read."""

import asyncio
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

HEARTBEAT = b": still here\n\n"
BEGINNING = b"retry: 2000\n\n"
ROOM = 256 * 1024


class Visit(NamedTuple):
    """Who listens and by which right. `auth_hash` is what the session holds of the user's password."""

    session_key: str
    auth_hash: str
    user_id: int
    as_staff: bool


@dataclass(frozen=True)
class Subscription:
    """What a view has allowed: the events of a task after number `after`, for as long as the visit lasts."""

    task_id: uuid.UUID
    after: int
    visit: Visit


@dataclass(eq=False)
class Reader:
    """The end of a stream that the event loop knows; only its thread touches it.

    A reader that has taken nothing while more than `ROOM` bytes wait for it is let go: EventSource comes back by itself
    and goes on after the last event it has seen.
    """

    subscription: Subscription
    after: int = field(init=False)
    is_over: bool = False
    on_slow: Callable[[], object] = lambda: None
    _pending: list[bytes] = field(default_factory=lambda: [BEGINNING])
    _size: int = 0
    _waiter: asyncio.Future[None] | None = None

    def __post_init__(self) -> None:
        self.after = self.subscription.after

    def put(self, data: bytes, *, last: bool = False) -> None:
        """Add what is to be sent; after the last of it the stream ends."""
        if self.is_over:
            return
        if self._size > ROOM:
            self.is_over = True
            self.on_slow()
            return
        self._pending.append(data)
        self._size += len(data)
        self.is_over = last
        self._wake()

    def end(self) -> None:
        """Send no more than what is pending."""
        self.is_over = True
        self._wake()

    async def take(self) -> bytes:
        """Return what is to be sent next, waiting for it; empty when nothing comes any more."""
        while not self._pending and not self.is_over:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        data = b"".join(self._pending)
        self._pending.clear()
        self._size = 0
        return data

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def as_event(sequence: int, name: str, data: Any) -> bytes:
    """Return an event as the stream carries it (WHATWG HTML, section 9.2.6)."""
    return (
        f"id: {sequence}\nevent: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
    )
