"""A stretch of network in front of PostgreSQL that breaks where a test says."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

CHUNK = 65536


class Proxy:
    """Passes bytes on, but for one answer: what was committed then looks like an outage to whoever asked.

    It is the answer to the first COMMIT of a session that has said `said`; the session ends, and `swallowed` is set.
    """

    def __init__(self, port: int, said: bytes) -> None:
        self._server = ("127.0.0.1", port)
        self._said = said
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.swallowed = threading.Event()

    def serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._server)
            cut = threading.Event()
            for pump in (self._ask, self._answer):
                threading.Thread(target=pump, args=(client, server, cut), daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _ask(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        has_said = False
        while asked := _read(client):
            has_said |= self._said in asked
            if has_said and b"COMMIT" in asked and not self.swallowed.is_set():
                cut.set()
            server.sendall(asked)
        server.close()

    def _answer(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        while (answer := _read(server)) and not cut.is_set():
            client.sendall(answer)
        if cut.is_set():
            self.swallowed.set()
        client.shutdown(socket.SHUT_RDWR)
        client.close()


def _read(end: socket.socket) -> bytes:
    try:
        return end.recv(CHUNK)
    except OSError:
        return b""


@contextmanager
def proxy(port: int, said: bytes) -> Iterator[Proxy]:
    """Stand before the server at a port of the loopback."""
    found = Proxy(port, said)
    thread = threading.Thread(target=found.serve)
    thread.start()
    try:
        yield found
    finally:
        found.close()
        thread.join()
