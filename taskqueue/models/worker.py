"""Worker: a process that runs tasks, and how others know that it lives."""

import uuid

from django.db import models
from django.db.models.functions import Now


class Worker(models.Model):
    """The lease of everything a process has claimed: its claims carry the row's key in `locked_by`.

    The row appears when the process starts and goes when it ends. `beats` grows with every heartbeat and `beat_at`
    is the database's time of the last one, so that hosts whose clocks differ agree. `machine` and `process` tell
    whether a process of this host is the same that wrote the row, for a pid alone is used again by others. `pools` has
    the slots of each pool that it serves, `widths` how many it lets run now, with what it borrows.
    """

    worker_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    machine = models.CharField(max_length=100)
    process = models.CharField(max_length=40)
    concurrency = models.PositiveSmallIntegerField()
    queue = models.CharField(max_length=190, blank=True, default="")
    pools = models.JSONField(default=dict)
    widths = models.JSONField(default=dict)
    started_at = models.DateTimeField(db_default=Now())
    beat_at = models.DateTimeField(db_default=Now())
    beats = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["host", "pid"]

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"

    @property
    def name(self) -> str:
        """What the worker's claims carry in `locked_by`."""
        return str(self.worker_id)
