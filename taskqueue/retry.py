"""When a failed run is tried again, and when it is not."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from core.errors import PermanentError, RetryableError

JITTER = 0.25
AFTER_OUTAGE = timedelta(seconds=5)  # when work that met a database that was away is tried again


@dataclass(frozen=True)
class RetryPolicy:
    """Exponential backoff: `base` seconds, then `factor` times as long after every further attempt.

    Without a base the policy is that of bulk work, TASK_RETRY_BASE_SECONDS. No policy starts with a longer wait
    than bulk work has.
    """

    base: float | None = None
    factor: float = 4.0

    def delay(self, attempt: int, error: BaseException) -> float:
        """Return the seconds from failed attempt number `attempt` (from 1) to the next one.

        What the provider asked for in `Retry-After` takes the place of the backoff. Up to a quarter is added at
        random, so that work which failed together does not come back together.
        """
        bulk = float(settings.TASK_RETRY_BASE_SECONDS)
        base = bulk if self.base is None else min(self.base, bulk)
        seconds = base * self.factor ** (attempt - 1)
        if isinstance(error, RetryableError) and error.retry_after is not None:
            seconds = error.retry_after
        return seconds * (1 + JITTER * random.random())  # noqa: S311  (spread, not a secret)

    def next_attempt(self, attempt: int, error: BaseException) -> datetime:
        """Return the time of the next attempt."""
        return timezone.now() + timedelta(seconds=self.delay(attempt, error))


def is_worth_retrying(error: BaseException) -> bool:
    """Whether another attempt may end differently; an error nobody foresaw counts as one that may."""
    return not isinstance(error, PermanentError)
