"""The ASGI side of streams: a view decides whether, the event loop does the rest, and no thread waits with it."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from core.bridge import AsgiApplication, Message, Receive, Send
from taskqueue.streaming.hub import Hub
from taskqueue.streaming.reader import Subscription

HANDOVER = "techtree.handover"
SIGNALS = (signal.SIGTERM, signal.SIGINT)


@dataclass
class Handover:
    """Stands in the scope of each request. A view that sets `subscription` gives its open response to the hub."""

    subscription: Subscription | None = None


class Streams:
    """Passes requests on to `application`; where a view hands its response over, events follow its headers.

    The view's own thread is free by then, as with nginx' X-Accel-Redirect: a stream costs no thread.
    """

    def __init__(self, application: AsgiApplication) -> None:
        self._application = application
        self._hub = Hub()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            self._end_streams_on_signals()
        handover = Handover()

        async def send_unless_handed_over(message: Message) -> None:
            if handover.subscription is None:
                await send(message)
            elif message["type"] == "http.response.start":
                await send({**message, "headers": _of_unknown_length(message["headers"])})

        await self._application({**scope, HANDOVER: handover}, receive, send_unless_handed_over)
        if handover.subscription is not None:
            await self._stream(handover.subscription, receive, send)

    async def _stream(self, subscription: Subscription, receive: Receive, send: Send) -> None:
        reader = self._hub.join(subscription)
        sending = asyncio.ensure_future(_send_all(reader.take, send))
        gone = asyncio.ensure_future(_until_gone(receive))
        reader.on_slow = sending.cancel
        try:
            await asyncio.wait([sending, gone], return_when=asyncio.FIRST_COMPLETED)
            if sending.done() and not sending.cancelled():
                sending.result()
        finally:
            self._hub.leave(reader)
            gone.cancel()
            sending.cancel()

    def _end_streams_on_signals(self) -> None:
        """A server that is asked to stop waits for open responses: end them first, then let it hear of the signal."""
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            servers = signal.getsignal(number)
            if callable(servers):
                signal.signal(
                    number, _both(lambda: loop.call_soon_threadsafe(self._hub.close), servers)
                )


async def _send_all(take: Callable[[], Awaitable[bytes]], send: Send) -> None:
    while data := await take():
        await send({"type": "http.response.body", "body": data, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _both(first: Callable[[], object], then: Callable[..., Any]) -> Callable[..., None]:
    def handle(*signal_and_frame: Any) -> None:
        first()
        then(*signal_and_frame)

    return handle


def _of_unknown_length(headers: Any) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers if name != b"content-length"]
