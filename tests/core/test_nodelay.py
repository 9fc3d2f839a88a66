"""The body of an answer does not wait until the client has acknowledged its headers."""

import http.client
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.nodelay import send_at_once

ROOT = Path(__file__).resolve().parents[2]
DELAYED, AT_ONCE = False, True


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def accepts(listener: socket.socket) -> bool:
    with socket.create_connection(listener.getsockname()), listener.accept()[0] as accepted:
        return bool(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


def test_connections_inherit_it_from_their_listening_socket(listener: socket.socket) -> None:
    assert accepts(listener) is DELAYED

    send_at_once()

    assert accepts(listener) is AT_ONCE


def test_a_web_process_sets_it_on_a_socket_that_it_is_given(listener: socket.socket) -> None:
    number = listener.fileno()
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", f"--fd={number}"]
    process = subprocess.Popen([*command, "--log-level=warning"], cwd=ROOT, pass_fds=(number,))
    line = http.client.HTTPConnection(*listener.getsockname(), timeout=30)
    try:
        line.request("GET", "/healthz")
        assert line.getresponse().status == 200
    finally:
        line.close()
        process.terminate()
        process.wait(30)

    assert accepts(listener) is AT_ONCE
