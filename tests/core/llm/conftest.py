"""The door, with a stub provider behind it."""

import uuid

import pytest

from core.llm.prompt import Prompt


@pytest.fixture
def prompt() -> Prompt:
    return Prompt("test.prompt", "1", system="You are terse.", user="Say hello.")


@pytest.fixture
def task_id() -> uuid.UUID:
    return uuid.uuid4()
