"""A real supervisord with our configuration: both programs run, work gets done, and stopping is clean."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgres import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


class Installation:
    """The project in a folder of its own, as an operator has it, with the interpreter that runs the tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        for name in (
            "config",
            "core",
            "taskqueue",
            "syllabus",
            "lessons",
            "templates",
            "static",
            "deploy",
        ):
            shutil.copytree(ROOT / name, folder / name)
        shutil.copy(ROOT / "manage.py", folder)
        (folder / ".venv").symlink_to(sys.prefix)
        (folder / "var" / "log").mkdir(parents=True)
        self.environment = {
            **os.environ,
            "DEBUG": "false",
            "SECRET_KEY": "x" * 60,
            "LLM_PROVIDER": "demo",
            "DATABASE_URL": f"sqlite:///{folder}/var/techtree.sqlite3",
            "UVICORN_PORT": str(self.port),
        }

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def control(self, *arguments: str) -> str:
        command = [
            str(Path(sys.prefix) / "bin" / "supervisorctl"),
            "-c",
            self.configuration,
            *arguments,
        ]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True
        )
        return done.stdout

    def is_listening(self) -> bool:
        """Whether the web server answers; Supervisor only knows that its processes live."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def configuration(self) -> str:
        return str(self.folder / "deploy" / "supervisor.conf")

    def logs(self) -> str:
        return "\n".join(path.read_text() for path in (self.folder / "var" / "log").glob("*.log"))


def wait_for(what: Callable[[], bool], tell: Callable[[], str]) -> None:
    """Wait until `what` holds; fail with what `tell` says when it does not in good time."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, tell()
        time.sleep(0.1)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Installation]:
    place = Installation(tmp_path)
    place.manage("migrate", "--verbosity", "0")
    place.manage("collectstatic", "--no-input", "--verbosity", "0")
    supervisord = subprocess.Popen(
        [str(Path(sys.prefix) / "bin" / "supervisord"), "-c", place.configuration],
        cwd=tmp_path,
        env=place.environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: place.control("status").count("RUNNING") == 2, place.logs)
        wait_for(place.is_listening, place.logs)
        yield place
    finally:
        supervisord.terminate()
        supervisord.wait(PATIENCE)


def answers(place: Installation, path: str) -> dict[str, object]:
    with urllib.request.urlopen(f"http://127.0.0.1:{place.port}{path}") as response:
        return dict(json.load(response))


QUEUE_ONE = """
from django.contrib.auth.models import User
from taskqueue.enqueue import enqueue
user = User.objects.create_user("alice")
data = {"topic": "Sailing", "knowledge_level": "Beginner", "background": ""}
print(enqueue("syllabus_generation", user=user, input_data=data)[0].pk)
"""
STATUS_OF = "from taskqueue.models import AITask; print(AITask.objects.get().status)"


def test_both_programs_run_work_and_stop(running: Installation) -> None:
    assert answers(running, "/healthz") == {"status": "ok"}

    running.manage("shell", "-v", "0", "-c", QUEUE_ONE)
    done = lambda: "completed" in running.manage("shell", "-v", "0", "-c", STATUS_OF)  # noqa: E731
    wait_for(done, running.logs)

    running.control("stop", "all")
    assert running.control("status").count("STOPPED") == 2
    ends = (running.folder / "var" / "log" / "supervisord.log").read_text()
    assert ends.count("exit status 0") == 2, ends
    assert "SIGKILL" not in ends
