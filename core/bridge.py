"""A WSGI application under an ASGI server."""

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from core.nodelay import send_at_once

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApplication = Callable[[Message, Receive, Send], Awaitable[None]]
WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

WITHOUT_PREFIX = {"CONTENT_LENGTH", "CONTENT_TYPE"}


class Answer(NamedTuple):
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Bridge:
    """Gives the application a thread of a few for as long as it works on a request, and no longer.

    The event loop reads the body before and sends the answer after that, so that a slow line holds up nobody. For that
    they must fit into memory: of a body that is longer than `longest_body` only the beginning is kept, and refusing it
    by its length is the application's business.
    """

    def __init__(
        self, application: WsgiApplication, *, threads: int, longest_body: int | None
    ) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="pages")
        self._longest_body = longest_body

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "lifespan":
                await _live(receive, send)
            case "http":
                await self._answer(scope, receive, send)
            case _:
                await send({"type": "websocket.close"})

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        body = await self._read(receive)
        if body is None:
            return
        environ = environ_of(scope, body)
        loop = asyncio.get_running_loop()
        status, headers, content = await loop.run_in_executor(self._threads, self._ask, environ)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def _read(self, receive: Receive) -> bytes | None:
        """Return the body, or the beginning of one that is too long; None when the client has gone.

        All of it is read, for to close a line that is still being written to would cut off the answer as well.
        """
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            if self._longest_body is None or len(body) <= self._longest_body:
                body += message.get("body", b"")
            more = message.get("more_body", False)
        return bytes(body)

    def _ask(self, environ: dict[str, Any]) -> Answer:
        started: list[Any] = []
        chunks = self._application(environ, lambda *response: started.append(response))
        try:
            body = b"".join(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
        status, headers = started[-1][:2]
        encoded = [(_encode(name).lower(), _encode(value)) for name, value in headers]
        return Answer(int(status.partition(" ")[0]), encoded, body)


async def _live(receive: Receive, send: Send) -> None:
    send_at_once()
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})


def environ_of(scope: Message, body: bytes) -> dict[str, Any]:
    """Return what PEP 3333 wants to know of a request; the application finds the scope in `asgi.scope`."""
    host, port = scope.get("server") or ("localhost", None)
    root = scope.get("root_path", "")
    return {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": _as_latin(root),
        "PATH_INFO": _as_latin(scope["path"].removeprefix(root)),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or [""])[0],
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "asgi.scope": scope,
        **_headers(scope["headers"]),
    }


def _headers(given: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the headers by their names in the environ, where a dash and an underscore are the same.

    So those with an underscore are left out, else a client could pass for the proxy that has set one with a dash.
    """
    headers: dict[str, str] = {}
    for name, value in given:
        if b"_" in name:
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in WITHOUT_PREFIX else f"HTTP_{key}"
        between = "; " if key == "HTTP_COOKIE" else ","
        text = value.decode("latin-1")
        headers[key] = f"{headers[key]}{between}{text}" if key in headers else text
    return headers


def _as_latin(text: str) -> str:
    """Return text as the environ carries it: its bytes, each as one character."""
    return text.encode().decode("latin-1")


def _encode(text: str) -> bytes:
    return text.encode("latin-1")
