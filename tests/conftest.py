"""The people every test knows: alice owns things, bob is a stranger, charlie is staff."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from core.llm.providers import close_clients
from taskqueue import estimates
from taskqueue.enqueue import dispatch
from taskqueue.models import AITask, Pause
from tests.stubs.openai_server import Stub


def pytest_configure(config: pytest.Config) -> None:
    # A file, so that threads and worker processes open the same database as the test.
    test_file = Path(tempfile.gettempdir()) / f"techtree-test-{os.getpid()}.sqlite3"
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = (
        str(test_file) if "sqlite3" in settings.DATABASES["default"]["ENGINE"] else None
    )
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def no_history() -> None:
    """Let no test know how long the work of another took."""
    estimates.forget()


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice", "alice@example.com", "correct-horse-battery")


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob", "bob@example.com", "correct-horse-battery")


@pytest.fixture
def charlie(db: None) -> User:
    return User.objects.create_user(
        "charlie", "charlie@example.com", "correct-horse-battery", is_staff=True, is_superuser=True
    )


@pytest.fixture
def drain(db: None) -> Callable[[], None]:
    """Run what is due in the queue, by the real worker command."""
    return lambda: call_command("process_tasks", drain=True)


@pytest.fixture
def again(drain: Callable[[], None]) -> Callable[[AITask], None]:
    """Let the time of a planned retry come."""

    def again(task: AITask) -> None:
        assert task.next_attempt_at is not None
        AITask.objects.filter(pk=task.pk).update(next_attempt_at=timezone.now())
        Pause.objects.all().delete()
        dispatch(task)
        drain()
        task.refresh_from_db()

    return again


@pytest.fixture
def stub(settings) -> Iterator[Stub]:
    """Put a local server that speaks OpenAI's protocol in the provider's place."""
    with Stub() as server:
        settings.LLM_PROVIDER = "openai"
        settings.LLM_BASE_URL = server.address
        settings.LLM_API_KEY = "stub-key"
        settings.LLM_TIMEOUT = 30
        yield server
        close_clients()
