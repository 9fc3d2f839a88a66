"""A whole installation on a database of its own: web server and worker as an operator runs them."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STOP_WITHIN = 10


class Site:
    """Runs until `stop()`. `environment` is laid over that of the tests."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.database = folder / "site.sqlite3"
        self.log = folder / "site.log"
        self._environment = {
            **os.environ,
            "DEBUG": "false",
            "DATABASE_URL": f"sqlite:///{self.database}",
            "EMAIL_URL": "dummymail://",
            **environment,
        }
        self._processes: list[subprocess.Popen[bytes]] = []
        self.url = ""

    def start(self) -> "Site":
        self.manage("migrate", "--verbosity=0", "--skip-checks")
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            self._serve(listener.fileno())
        self._work()
        return self

    def manage(self, *arguments: str) -> None:
        """Run a management command on this installation."""
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=ROOT, env=self._environment, check=True)

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """Read from the database, past the application."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            found = connection.execute(sql, values).fetchall()
        connection.close()
        return found

    def execute(self, sql: str, *values: Any) -> None:
        """Change the database behind the application's back, as an operator might."""
        with sqlite3.connect(self.database, timeout=20) as connection:
            connection.execute(sql, values)
        connection.close()

    @contextmanager
    def worker_asleep(self) -> Iterator[None]:
        """Keep the worker from answering for a while, for what has to happen before it does."""
        worker = self._processes[-1]
        worker.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            worker.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _serve(self, listener: int) -> None:
        command = [sys.executable, "-m", "uvicorn", "config.asgi:application"]
        self._run(*command, f"--fd={listener}", pass_fds=(listener,))

    def _work(self) -> None:
        self._run(sys.executable, "manage.py", "process_tasks", "--sleep=0.2")

    def _run(self, *command: str, pass_fds: tuple[int, ...] = ()) -> None:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, pass_fds=pass_fds
            )
        self._processes.append(process)


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[Site]:
    """Run an installation in `folder` for as long as the block lasts."""
    site = Site(folder, **environment)
    try:
        yield site.start()
    finally:
        site.stop()
