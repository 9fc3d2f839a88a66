"""How long is waited, by kind of work."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import PermanentError, RetryableError
from taskqueue.registry import REGISTRY
from taskqueue.retry import RetryPolicy, is_worth_retrying
from taskqueue.types import TaskType


@pytest.mark.parametrize(("attempt", "minutes"), [(1, 5), (2, 20), (3, 80)])
def test_bulk_work_waits_5_20_and_80_minutes(attempt, minutes):
    delay = RetryPolicy().delay(attempt, RetryableError())

    assert 60 * minutes <= delay <= 60 * minutes * 1.25


@given(attempt=st.integers(1, 5), asked=st.floats(0, 3600))
def test_what_the_provider_asks_for_is_honoured(attempt, asked):
    delay = RetryPolicy(base=2).delay(attempt, RetryableError(retry_after=asked))

    assert asked <= delay <= asked * 1.25


def test_a_waiting_learner_waits_seconds():
    delay = REGISTRY[TaskType.LESSON_INTERACTION].retry.delay(1, RetryableError())

    assert 2 <= delay <= 2.5


def test_no_policy_starts_slower_than_bulk(settings):
    settings.TASK_RETRY_BASE_SECONDS = 1

    assert RetryPolicy(base=60).delay(1, RetryableError()) <= 1.25


def test_only_permanent_errors_are_final():
    assert not is_worth_retrying(PermanentError())
    assert is_worth_retrying(RetryableError())
    assert is_worth_retrying(ZeroDivisionError())


def test_errors_speak_for_themselves():
    assert PermanentError().message == "This cannot succeed, however often it is tried."
    assert RetryableError("Busy.", retry_after=3).retry_after == 3
