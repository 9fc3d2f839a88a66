"""Pause: until when a pool leaves its provider alone."""

from datetime import datetime

from django.db import connection, models
from django.utils import timezone

# Of two that are told to wait at once, the longer wait holds.
HOLD_OFF = """
INSERT INTO taskqueue_pause (pool, until, error, error_code) VALUES (%s, %s, %s, %s)
ON CONFLICT (pool) DO UPDATE SET until = excluded.until, error = excluded.error, error_code = excluded.error_code
WHERE taskqueue_pause.until < excluded.until
"""


class PauseManager(models.Manager["Pause"]):
    def current(self) -> dict[str, "Pause"]:
        """Return the pauses that are not over, by pool."""
        return {pause.pool: pause for pause in self.filter(until__gt=timezone.now())}

    def hold_off(self, pool: str, until: datetime, *, error: str, code: str) -> None:
        """Let no worker begin work of a pool before `until`, for this reason."""
        moment = connection.ops.adapt_datetimefield_value(until)
        with connection.cursor() as cursor:
            cursor.execute(HOLD_OFF, [pool, moment, error, code])


class Pause(models.Model):
    """What one run was told in `Retry-After`, for all workers: without it each would spend an attempt of each waiting
    task to be told the same. Delete the row to end the pause.
    """

    pool = models.CharField(max_length=190, primary_key=True)
    until = models.DateTimeField()
    error = models.TextField(help_text="What learners who wait are told.")
    error_code = models.CharField(max_length=40)

    objects = PauseManager()

    def __str__(self) -> str:
        return f"{self.pool} until {self.until:%H:%M:%S}"
