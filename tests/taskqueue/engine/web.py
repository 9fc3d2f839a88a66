"""A real web process on the test's database, and readers of its streams."""

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 30.0


class Event(NamedTuple):
    number: int
    name: str
    data: dict[str, Any]


class Web:
    """uvicorn as production runs it, on a port of its own that it keeps over restarts."""

    def __init__(self, database_url: str) -> None:
        self._environment = {**os.environ, "DATABASE_URL": database_url}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.process = self._start()

    def restart(self) -> None:
        """Kill the process, as a crash does, and start another one on the same port."""
        self.process.kill()
        self.process.wait()
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        number = self._listener.fileno()
        command = [sys.executable, "-m", "uvicorn", "config.asgi:application", f"--fd={number}"]
        return subprocess.Popen(
            [*command, "--log-level=warning"],
            cwd=ROOT,
            env=self._environment,
            pass_fds=(number,),
        )

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)
        self._listener.close()


class Stream:
    """One open connection to the events of a task; with a `buffer` of few bytes it takes little ahead of its reader."""

    def __init__(
        self, web: Web, task_id: object, cookie: str, after: int | None = None, buffer: int = 0
    ) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=PATIENCE)
        if buffer:
            self._connection.sock = socket.socket()
            self._connection.sock.settimeout(PATIENCE)
            self._connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
            self._connection.sock.connect(("127.0.0.1", web.port))
        headers = {"Cookie": cookie} if cookie else {}
        if after is not None:
            headers["Last-Event-ID"] = str(after)
        self._connection.request("GET", f"/api/tasks/{task_id}/events/", headers=headers)
        assert self._connection.sock is not None
        self._socket = self._connection.sock
        self.response = self._connection.getresponse()
        self.status = self.response.status

    def __iter__(self) -> Iterator[Event]:
        """Yield events until the server ends the stream, or cuts it."""
        fields: dict[str, str] = {}
        for line in self._lines():
            name, _, value = line.decode(errors="replace").rstrip("\n").partition(": ")
            if name:
                fields[name] = value
            elif "event" in fields:
                yield Event(int(fields["id"]), fields["event"], json.loads(fields["data"]))
                fields = {}

    def _lines(self) -> Iterator[bytes]:
        with suppress(http.client.IncompleteRead, ConnectionError):
            yield from self.response

    def cut(self) -> None:
        """Break the connection, as a lost network does; another thread may be reading from it."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._connection.close()
        self.response.close()


def cookie_of(user: User) -> str:
    """Return the session cookie of somebody who has signed in."""
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def text_of(events: list[Event]) -> str:
    """Return the text a reader holds in the end: a start empties it, pieces are added."""
    text = ""
    for event in events:
        if event.name == "started":
            text = ""
        elif event.name == "token":
            text += event.data["text"]
    return text
