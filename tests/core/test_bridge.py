"""A WSGI application behind a real ASGI server, as clients with good and bad lines meet it."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn

from core.bridge import Bridge

PATIENCE = 10
LONGEST = 1000
LARGE = 20_000_000


class Application:
    """Answers what it was asked, or much when it is asked for `/much`."""

    def __init__(self) -> None:
        self.closed = 0

    def __call__(self, environ, start_response):
        start_response("200 Fine", [("X-Thread", threading.current_thread().name)])
        if environ["PATH_INFO"] == "/much":
            return [b"x" * LARGE]
        body = environ["wsgi.input"].read()
        texts = {name: value for name, value in environ.items() if isinstance(value, str)}
        return Chunks(self, json.dumps({**texts, "body": body.decode()}).encode())


class Chunks:
    def __init__(self, application: Application, body: bytes) -> None:
        self._application = application
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self._body[:5]
        yield self._body[5:]

    def close(self) -> None:
        self._application.closed += 1


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture
def address(application: Application) -> Iterator[tuple[str, int]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        bridge = Bridge(application, threads=1, longest_body=LONGEST)
        server = uvicorn.Server(uvicorn.Config(bridge, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield listener.getsockname()
        server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()


def ask(address: tuple[str, int], head: str, body: bytes = b"") -> socket.socket:
    """Send a request as it is written and return the line."""
    line = socket.create_connection(address, timeout=PATIENCE)
    line.sendall(f"{head}\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode() + body)
    return line


def answer(line: socket.socket) -> dict[str, str]:
    response = http.client.HTTPResponse(line)
    response.begin()
    assert response.status == 200
    read = dict(json.load(response), thread=response.headers["X-Thread"])
    line.close()
    return read


def test_a_request_is_told_as_pep_3333_has_it(address, application):
    head = (
        "POST /caf%C3%A9?topic=%C3%A9 HTTP/1.1\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n"
        "Cookie: a=1\r\nCookie: b=2\r\nX-Two: 1\r\nX-Two: 2"
    )

    told = answer(ask(address, head, b"hello"))

    assert {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/caf\u00e9".encode().decode("latin-1"),
        "QUERY_STRING": "topic=%C3%A9",
        "CONTENT_LENGTH": "5",
        "CONTENT_TYPE": "text/plain",
        "HTTP_COOKIE": "a=1; b=2",
        "HTTP_X_TWO": "1,2",
        "SERVER_PORT": str(address[1]),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "body": "hello",
    }.items() <= told.items()
    assert application.closed == 1


def test_nobody_passes_for_a_proxy_with_an_underscore(address):
    told = answer(ask(address, "GET / HTTP/1.1\r\nX_Forwarded_Proto: https"))

    assert "HTTP_X_FORWARDED_PROTO" not in told


def test_the_length_of_a_body_that_did_not_tell_it_is_counted(address):
    head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked"

    told = answer(ask(address, head, b"5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"))

    assert (told["CONTENT_LENGTH"], told["body"]) == ("6", "hello!")


def test_of_a_body_that_is_too_long_the_beginning_is_kept(address):
    long = b"x" * LONGEST * 500

    told = answer(ask(address, f"POST / HTTP/1.1\r\nContent-Length: {len(long)}", long))

    assert told["CONTENT_LENGTH"] == str(len(long))
    assert LONGEST < len(told["body"]) < len(long)


def test_slow_lines_hold_up_nobody(address):
    halves = [ask(address, "POST / HTTP/1.1\r\nContent-Length: 10", b"hello") for _ in range(3)]
    full = [ask(address, "GET /much HTTP/1.1") for _ in range(3)]

    assert answer(ask(address, "GET / HTTP/1.1"))["thread"] == "pages_0"

    halves[0].sendall(b"world")
    assert answer(halves[0])["body"] == "helloworld"
    for line in (*halves, *full):
        line.close()


def test_who_hangs_up_leaves_the_thread_to_others(address, application):
    ask(address, "POST / HTTP/1.1\r\nContent-Length: 10", b"hello").close()
    ask(address, "GET /much HTTP/1.1").close()

    assert answer(ask(address, "GET / HTTP/1.1"))["body"] == ""
    assert application.closed == 1
