"""The people every test knows: alice owns things, bob is a stranger, charlie is staff."""

import pytest
from django.contrib.auth.models import User


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
