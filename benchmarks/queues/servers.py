"""The databases and the broker, throwaway ones that live as long as the benchmark."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.postgres import PostgresMissing, free_port, throwaway_cluster

PATIENCE = 10.0


@contextmanager
def addresses() -> Iterator[dict[str, str]]:
    """Start the servers there are programs for and return their addresses: `postgresql`, `redis`, and a `folder`."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="techtree-bench-"))
        found = {"folder": folder}
        try:
            found["postgresql"] = stack.enter_context(throwaway_cluster(fsync=True)).url
        except PostgresMissing as missing:
            print(f"skipped: {missing}")
        if shutil.which("redis-server"):
            found["redis"] = stack.enter_context(_redis(folder))
        else:
            print(
                "skipped: Redis is missing; to measure Celery on it: apt-get install redis-server"
            )
        yield found


@contextmanager
def _redis(folder: str) -> Iterator[str]:
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    server = subprocess.Popen([*command, "--dir", folder], stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
