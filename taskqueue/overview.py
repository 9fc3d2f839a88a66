"""The queue at a glance: what waits, for how long, and who works on it."""

from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from background_task.models import Task
from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from taskqueue.models import Pause, Worker

# What starts a worker, by TASKQUEUE_ENGINE.
STARTS = {"background": "manage.py process_tasks", "celery": "celery -A config worker"}


@dataclass(frozen=True)
class Pool:
    """One kind of work. `slots` are those that living workers have for it, without what it may borrow; `width` is how
    many they let run now, with it. Nothing begins before `paused_until`.

    `oldest_seconds` is the age of the oldest row that could run now, None without one.
    """

    name: str
    slots: int = 0
    width: int = 0
    due: int = 0
    later: int = 0
    running: int = 0
    oldest_seconds: float | None = None
    paused_until: datetime | None = None


@dataclass(frozen=True)
class WorkerState:
    """A worker and its lease. `lease_seconds` is what is left of it; negative when it ran out."""

    name: str
    queue: str
    slots: int
    running: int
    since: datetime
    lease_seconds: float


def how_to_start() -> str:
    """Return the command that starts a worker."""
    return STARTS[settings.TASKQUEUE_ENGINE]


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
    found = {pool.name: pool for pool in _widths()}
    for row in counted:
        name = row["queue"] or "default"
        found[name] = replace(
            found.get(name) or Pool(name),
            due=row["due"],
            later=row["later"],
            running=row["running"],
            oldest_seconds=(now - row["oldest"]).total_seconds() if row["oldest"] else None,
        )
    return [found[name] for name in sorted(found)]


def _widths() -> list[Pool]:
    slots, widths = Counter[str](), Counter[str]()
    for worker in living():
        slots.update(worker.pools)
        widths.update(worker.widths)
    pauses = Pause.objects.current()
    return [
        Pool(
            name,
            slots[name],
            widths[name],
            paused_until=pauses[name].until if name in pauses else None,
        )
        for name in {*slots, *pauses}
    ]


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
        "pools": [
            {**asdict(pool), "paused_until": pool.paused_until and pool.paused_until.isoformat()}
            for pool in pools()
        ],
        "workers": [{**asdict(worker), "since": worker.since.isoformat()} for worker in workers()],
    }
