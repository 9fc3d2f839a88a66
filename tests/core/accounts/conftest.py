"""Every test begins with nobody counted and nobody locked out."""

from collections.abc import Iterator

import pytest
from axes.utils import reset
from django.core.cache import cache


@pytest.fixture(autouse=True)
def clean_counters(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()
    reset()
