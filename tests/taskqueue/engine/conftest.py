"""A database that other processes can reach, and real workers on it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as site
from django.contrib.auth.models import User
from django.db import connection

from taskqueue.enqueue import enqueue
from taskqueue.models import AITask
from taskqueue.pools import pools_for
from taskqueue.registry import REGISTRY
from tests.taskqueue.engine import work

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 30.0
# What is started with one of these is about `process_tasks`, under either engine, for Celery's workers have nothing
# like it.
OF_PROCESS_TASKS = {
    "--drain": "a Celery worker stays until it is told to go",
    "--duration": "and so it has no time to live",
    "--pool": "it has slots of one kind, and serves queues",
    "--log-std": "its log is its own affair",
}


def until(holds: Callable[[], object], within: float = PATIENCE) -> None:
    """Wait until `holds()` is true; the traceback shows what was waited for when it never is."""
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, "this never came true"
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def known_work(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, spec in {**work.SPECS, "broken": work.SPECS["note"]}.items():
        monkeypatch.setitem(REGISTRY, kind, spec)


@pytest.fixture
def database_url(transactional_db: None) -> str:
    """The test's database as other processes find it, in DATABASE_URL."""
    here = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{here['NAME']}"
    password = f":{here['PASSWORD']}" if here["PASSWORD"] else ""
    return f"postgres://{here['USER']}{password}@{here['HOST']}:{here['PORT']}/{here['NAME']}"


def as_celery(arguments: Sequence[str]) -> list[str] | None:
    """Return what starts a Celery worker as `process_tasks` would be; None when only that can."""
    if site.TASKQUEUE_ENGINE != "celery" or not OF_PROCESS_TASKS.keys().isdisjoint(arguments):
        return None
    options = ["--pool", os.environ.get("TEST_CELERY_POOL", "threads"), "--without-mingle"]
    if "--grace" in arguments:
        options += ["--grace", arguments[arguments.index("--grace") + 1]]
    if "--concurrency" in arguments:
        pools = pools_for(int(arguments[arguments.index("--concurrency") + 1]))
        options += ["--concurrency", str(sum(pool.slots for pool in pools))]
    return [
        "celery",
        *(["--skip-checks"] if "--skip-checks" in arguments else []),
        "worker",
        f"--hostname={uuid4().hex}@%h",  # RabbitMQ lets no two of a name in
        *options,
    ]


class Workers:
    """Starts workers and sees to it that none outlives its test."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._folder = folder
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str, **environment: str) -> "subprocess.Popen[bytes]":
        """Start `process_tasks` with these arguments, and with a lease of three seconds unless told otherwise.

        Under TASKQUEUE_ENGINE=celery it is a Celery worker, unless they are about `process_tasks` alone.
        """
        command = [sys.executable, "-m", "tests.taskqueue.engine.launch"]
        arguments = tuple(as_celery(arguments) or ["process_tasks", *arguments])
        settings = {"DATABASE_URL": self._url, "TASK_LEASE_SECONDS": "3", **environment}
        with self._log(len(self._started)).open("wb") as log:
            process = subprocess.Popen(
                [*command, *arguments], cwd=ROOT, env={**os.environ, **settings}, stderr=log
            )
        self._started.append(process)
        return process

    def said(self) -> str:
        """Return what all of them have logged."""
        return "\n".join(self._log(n).read_text() for n in range(len(self._started)))

    def end(self) -> None:
        for process in self._started:
            for ask in (signal.SIGCONT, signal.SIGTERM, signal.SIGTERM):
                process.send_signal(ask)
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _log(self, number: int) -> Path:
        return self._folder / f"worker-{number}.log"


@pytest.fixture
def workers(database_url: str, tmp_path: Path) -> Iterator[Workers]:
    workers = Workers(database_url, tmp_path)
    yield workers
    workers.end()


class Watched:
    """A task of this test whose runs leave files."""

    def __init__(self, kind: str, folder: Path, user: User | None = None, **given: object) -> None:
        self._folder = folder
        data = {"folder": str(folder), **given}
        self.task, _ = enqueue(kind, user=user, input_data=data)

    def left(self, name: object) -> bool:
        return self._file(name).exists()

    def pid(self, attempt: int) -> int:
        """Return the process of an attempt that has begun."""
        return int(self._file(attempt).read_text())

    def now(self) -> AITask:
        self.task.refresh_from_db()
        return self.task

    def is_(self, status: str) -> Callable[[], bool]:
        return lambda: self.now().status == status

    def go(self) -> None:
        """Let everything that waits in this test end."""
        (self._folder / "go").touch()

    def go_alone(self) -> None:
        self._file("go").touch()

    def _file(self, name: object) -> Path:
        return self._folder / f"{self.task.pk}-{name}"


@pytest.fixture
def put(database_url: str, tmp_path: Path) -> Callable[..., Watched]:
    """Queue a task of a kind in tests/taskqueue/engine/work.py."""
    return lambda kind, **given: Watched(kind, tmp_path, **given)
