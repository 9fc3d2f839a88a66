"""A server that speaks OpenAI's chat completions over real HTTP, and misbehaves on request.

Replies are played in the order in which they were queued; when none is queued, `answer` is asked. By hand:
`python -m tests.stubs.openai_server --port 8099`.
"""

import argparse
import json
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]


@dataclass
class Reply:
    """How one request is answered. Times are in seconds."""

    text: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    error: Body | None = None
    finish_reason: str = "stop"
    finishes: int = 1
    stream_error: Body | None = None
    refusal: str = ""
    usage: bool = True
    tokens_in: int = 11
    pace: float = 0.0
    cut_after: int | None = None
    garbage: bytes = b""
    drip: str = ""
    hang: bool = False
    no_choices: bool = False


def text(content: str, **options: Any) -> Reply:
    return Reply(text=content, **options)


def obj(value: Any, **options: Any) -> Reply:
    return Reply(text=json.dumps(value), **options)


def failure(status: int, code: str = "server_error", **headers: str) -> Reply:
    error = {"message": f"{code} from the stub", "type": code, "code": code}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, error=error, headers=named)


@dataclass
class Seen:
    """One request as it came in; `cut` is set when the client hung up before the end of the answer."""

    path: str
    headers: dict[str, str]
    body: Body
    cut: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what went wrong, unless it is that the client was killed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Stub:
    """The server. Use it as a context manager; `address` is what LLM_BASE_URL takes."""

    handler: "type[Handler]"

    def __init__(self, answer: Callable[[Body], Reply] | None = None, port: int = 0) -> None:
        self.replies: deque[Reply] = deque()
        self.seen: list[Seen] = []
        self.answer = answer or (lambda body: text("Hello from the stub."))
        self.released = threading.Event()
        self._server = _Server(("127.0.0.1", port), self._bound_handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def address(self) -> str:
        return f"{self.origin}/v1"

    @property
    def environment(self) -> dict[str, str]:
        """The settings of an installation whose model this is."""
        return {"LLM_PROVIDER": "openai", "LLM_BASE_URL": self.address, "LLM_API_KEY": "stub-key"}

    def queue(self, *replies: Reply) -> None:
        self.replies.extend(replies)

    def next_reply(self, body: Body) -> Reply:
        return self.replies.popleft() if self.replies else self.answer(body)

    def __enter__(self) -> "Stub":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _bound_handler(self) -> "type[Handler]":
        return type("BoundHandler", (self.handler,), {"stub": self})


class Handler(BaseHTTPRequestHandler):
    stub: Stub
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        said = self.rfile.read(length)
        if len(said) < length:  # the client was killed while it asked
            self.close_connection = True
            return
        seen = Seen(self.path, dict(self.headers), json.loads(said))
        self.stub.seen.append(seen)
        reply = self.stub.next_reply(seen.body)
        try:
            self._play(reply, seen.body)
        except OSError:
            seen.cut.set()
            self.close_connection = True
        finally:
            seen.ended.set()

    def _play(self, reply: Reply, body: Body) -> None:
        if reply.hang:
            self._watch_until_released()
        elif reply.drip == "headers":
            self._drip(b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n")
        elif reply.error is not None or not body.get("stream"):
            self._whole(reply)
        else:
            self._stream(reply, body)

    def _whole(self, reply: Reply) -> None:
        payload = {"error": reply.error} if reply.error else _completion(reply)
        data = reply.garbage or json.dumps(payload).encode()
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, reply: Reply, body: Body) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        if reply.drip == "comments":
            self._drip(b"", b": keep-alive\n\n")
            return
        if reply.garbage:
            self.wfile.write(b"data: " + reply.garbage + b"\n\n")
            return
        for number, event in enumerate(self.stream_events(reply, body)):
            if reply.cut_after is not None and number >= reply.cut_after:
                self.connection.shutdown(2)
                return
            self.wfile.write(event)
            self.wfile.flush()
            if reply.pace:
                time.sleep(reply.pace)

    def stream_events(self, reply: Reply, body: Body) -> Iterator[bytes]:
        """Yield the answer as Server-Sent Events."""
        wants_usage = (body.get("stream_options") or {}).get("include_usage")
        for event in _events(reply, usage=bool(wants_usage) and reply.usage):
            yield f"data: {json.dumps(event)}\n\n".encode()
        yield b"data: [DONE]\n\n"

    def _drip(self, first: bytes, again: bytes) -> None:
        """Send a little for ever, so that no single read times out."""
        self.wfile.write(first)
        while not self.stub.released.wait(0.05):
            self.wfile.write(again)
            self.wfile.flush()

    def _watch_until_released(self) -> None:
        """Say nothing; notice when the client hangs up."""
        self.connection.settimeout(0.05)
        self.close_connection = True
        while not self.stub.released.is_set():
            try:
                if not self.connection.recv(1):
                    raise ConnectionAbortedError
            except TimeoutError:
                continue


Stub.handler = Handler


def _completion(reply: Reply) -> Body:
    message = {"role": "assistant", "content": reply.text, "refusal": reply.refusal or None}
    choice = {"index": 0, "message": message, "finish_reason": reply.finish_reason}
    return {
        "id": "stub",
        "object": "chat.completion",
        "created": 1,
        "model": "stub",
        "choices": [] if reply.no_choices else [choice],
        "usage": _usage(reply),
    }


def _events(reply: Reply, *, usage: bool) -> Iterator[Body]:
    head: Body = {"id": "stub", "object": "chat.completion.chunk", "created": 1, "model": "stub"}

    def chunk(delta: Body, finish: str | None = None) -> Body:
        return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    if not reply.no_choices:
        yield chunk({"role": "assistant", "content": ""})
        if reply.refusal:
            yield chunk({"refusal": reply.refusal})
        for piece in _pieces(reply.text):
            yield chunk({"content": piece})
        if reply.stream_error is not None:
            yield {"error": reply.stream_error}
            return
        for _ in range(reply.finishes):
            yield chunk({}, reply.finish_reason)
    if usage:
        yield {**head, "choices": [], "usage": _usage(reply)}


def _pieces(content: str) -> Iterator[str]:
    """Cut a text into tokens of four characters."""
    for start in range(0, len(content), 4):
        yield content[start : start + 4]


def _usage(reply: Reply) -> Body:
    out = len(reply.text) // 4
    total = reply.tokens_in + out
    return {"prompt_tokens": reply.tokens_in, "completion_tokens": out, "total_tokens": total}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8099)
    with Stub(port=parser.parse_args().port) as stub:
        print(stub.address, flush=True)  # noqa: T201
        threading.Event().wait()


if __name__ == "__main__":
    main()
