"""The door, with a stub provider behind it."""

import uuid
from collections.abc import Iterator

import pytest

from core.llm.prompt import Prompt
from core.llm.providers import close_clients
from tests.stubs.openai_server import Stub


@pytest.fixture
def stub(settings) -> Iterator[Stub]:
    with Stub() as server:
        settings.LLM_PROVIDER = "openai"
        settings.LLM_BASE_URL = server.address
        settings.LLM_API_KEY = "stub-key"
        settings.LLM_TIMEOUT = 30
        yield server
        close_clients()


@pytest.fixture
def prompt() -> Prompt:
    return Prompt("test.prompt", "1", system="You are terse.", user="Say hello.")


@pytest.fixture
def task_id() -> uuid.UUID:
    return uuid.uuid4()
