"""The queue at a glance: what waits, for how long, and who works on it."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from background_task.models import Task
from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from taskqueue.models import Worker


@dataclass(frozen=True)
class Pool:
    """One kind of work. `slots` are those that living workers have for it, without what it may borrow.

    `oldest_seconds` is the age of the oldest row that could run now, None without one.
    """

    name: str
    slots: int
    due: int
    later: int
    running: int
    oldest_seconds: float | None


@dataclass(frozen=True)
class WorkerState:
    """A worker and its lease. `lease_seconds` is what is left of it; negative when it ran out."""

    name: str
    queue: str
    slots: int
    running: int
    since: datetime
    lease_seconds: float


def pools(now: datetime | None = None) -> list[Pool]:
    """Return every pool that has slots or work, by name; a queue that is no pool borrows slots of `bulk`."""
    now = now or timezone.now()
    free = Q(locked_by__isnull=True, failed_at__isnull=True)
    due = free & Q(run_at__lte=now)
    rows = Task.objects.order_by("queue").values("queue")
    counted = rows.annotate(
        due=Count("pk", filter=due),
        later=Count("pk", filter=free & ~due),
        running=Count("pk", filter=Q(locked_by__isnull=False)),
        oldest=Min("run_at", filter=due),
    )
    slots = _slots()
    found = {name: Pool(name, count, 0, 0, 0, None) for name, count in slots.items()}
    for row in counted:
        oldest = (now - row["oldest"]).total_seconds() if row["oldest"] else None
        name = row["queue"] or "default"
        found[name] = Pool(name, slots[name], row["due"], row["later"], row["running"], oldest)
    return [found[name] for name in sorted(found)]


def _slots() -> Counter[str]:
    slots: Counter[str] = Counter()
    for worker in living():
        slots.update(worker.pools)
    return slots


def workers() -> list[WorkerState]:
    """Return every worker that has a row, with the tasks it has claimed."""
    claimed = dict(
        Task.objects.filter(locked_by__isnull=False)
        .order_by()
        .values_list("locked_by")
        .annotate(Count("pk"))
    )
    return [
        WorkerState(
            str(worker),
            worker.queue,
            worker.concurrency,
            claimed.get(worker.name, 0),
            worker.started_at,
            settings.TASK_LEASE_SECONDS - (worker.now - worker.beat_at).total_seconds(),
        )
        for worker in Worker.objects.annotate(now=Now())
    ]


def is_anyone_working() -> bool:
    """Whether any worker has beaten within a lease, by the database's clock."""
    return living().exists()


def living() -> "QuerySet[Worker]":
    """Narrow to workers that have beaten within a lease, by the database's clock."""
    lease = timedelta(seconds=settings.TASK_LEASE_SECONDS)
    return Worker.objects.filter(beat_at__gte=Now() - lease)


def as_data() -> dict[str, Any]:
    """Return all of it as JSON-able data."""
    return {
        "pools": [asdict(pool) for pool in pools()],
        "workers": [{**asdict(worker), "since": worker.since.isoformat()} for worker in workers()],
    }
