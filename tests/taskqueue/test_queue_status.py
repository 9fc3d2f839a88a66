"""What an operator sees on a terminal."""

import json
from datetime import timedelta
from io import StringIO

from background_task.models import Task
from django.core.management import call_command
from django.utils import timezone

from taskqueue.models import Pause, Worker


def show(**options):
    out = StringIO()
    call_command("queue_status", stdout=out, **options)
    return out.getvalue()


def test_an_empty_queue_without_workers(db):
    assert "none: start manage.py process_tasks" in show()
    assert json.loads(show(json=True)) == {"pools": [], "workers": []}


def test_depth_age_and_leases(put):
    worker = Worker.objects.create(
        host="here",
        pid=7,
        machine="m",
        process="p",
        concurrency=4,
        pools={"bulk": 3, "chat": 1},
        widths={"bulk": 2, "chat": 4},
    )
    dead = Worker.objects.create(host="there", pid=8, machine="m", process="p", concurrency=2)
    Worker.objects.filter(pk=dead.pk).update(beat_at=timezone.now() - timedelta(hours=1))
    running, waiting, later = put(), put(), put()
    rows = {
        task: Task.objects.filter(task_params__contains=str(task.pk))
        for task in (running, waiting, later)
    }
    rows[running].update(locked_by=worker.name, locked_at=timezone.now())
    rows[waiting].update(run_at=timezone.now() - timedelta(minutes=2))
    rows[later].update(run_at=timezone.now() + timedelta(minutes=2))

    Pause.objects.hold_off(
        "chat", timezone.now() + timedelta(minutes=1), error="Busy.", code="rate_limited"
    )

    pool, idle = json.loads(show(json=True))["pools"]
    here, there = json.loads(show(json=True))["workers"]

    assert (pool["name"], pool["due"], pool["later"], pool["running"]) == ("bulk", 1, 1, 1)
    assert (pool["slots"], idle["name"], idle["slots"], idle["due"]) == (3, "chat", 1, 0)
    assert (pool["width"], pool["paused_until"], idle["width"]) == (2, None, 4)
    assert idle["paused_until"] == Pause.objects.get().until.isoformat()
    assert 120 <= pool["oldest_seconds"] < 180
    assert (here["name"], here["slots"], here["running"]) == ("here:7", 4, 1)
    assert 0 < here["lease_seconds"] <= 15
    assert there["lease_seconds"] < 0
    text = show()
    assert "here:7" in text
    assert "ended" in text
