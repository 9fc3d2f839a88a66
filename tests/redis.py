"""A throwaway Redis and the engine on Celery for one command: `python -m tests.redis python -m pytest`.

Uses TEST_REDIS_URL when it is set, without the number of a database, else starts redis-server. The command finds the
address in TEST_REDIS_URL.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from tests.postgres import free_port

ENABLE = "redis-server is missing; to test Celery: apt-get install redis-server"
ENABLE_CELERY = "Celery is missing; to test it: pip install 'celery[redis]>=5.5,<6'"


class RedisMissing(Exception):
    """There is no redis-server on this machine, or no Celery to use it."""


class Server:
    """A redis-server that keeps nothing on disk, on a free port of the loopback."""

    def __init__(self) -> None:
        self._binary = shutil.which("redis-server")
        if not self._binary:
            raise RedisMissing(ENABLE)
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--databases", "32"]
        self._process = subprocess.Popen(
            [str(self._binary), *options, "--save", "", "--appendonly", "no", "--logfile", ""],
            cwd="/",
            stdout=subprocess.DEVNULL,
        )
        end = time.monotonic() + 10
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("redis-server did not start")
            time.sleep(0.02)

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as client:
                client.sendall(b"PING\r\n")
                return client.recv(5) == b"+PONG"
        except OSError:
            return False


@contextmanager
def throwaway_redis() -> Iterator[Server]:
    """Start a server and end it afterwards; RedisMissing when there is none on the machine."""
    server = Server()
    server.start()
    try:
        yield server
    finally:
        server.stop()


def main(command: list[str]) -> int:
    """Run `command` with a broker; in CI a missing part is a failure, elsewhere it is said and skipped."""
    try:
        if find_spec("celery") is None:
            raise RedisMissing(ENABLE_CELERY)
        if url := os.environ.get("TEST_REDIS_URL"):
            return run_with(command, url)
        with throwaway_redis() as server:
            return run_with(command, server.url)
    except RedisMissing as missing:
        print(f"skipped: {missing}", file=sys.stderr)  # noqa: T201
        return 1 if os.environ.get("CI") else 0


def run_with(command: list[str], url: str) -> int:
    return subprocess.run(command, env={**os.environ, "TEST_REDIS_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
