"""Which row runs next, and which never."""

import json
from datetime import timedelta

import pytest
from background_task.models import Task
from background_task.tasks import tasks
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from taskqueue.engine.claiming import Claims, drop
from taskqueue.engine.lease import Lease
from taskqueue.pools import BULK, Pool

ran = []


@pytest.fixture(autouse=True)
def function(db, monkeypatch):
    """A `@background` function that notes its argument."""
    ran.clear()
    proxy = tasks.background(name="tests.order")(ran.append)
    yield proxy
    del tasks._tasks["tests.order"]


def drain(**options):
    call_command("process_tasks", drain=True, **options)


def queue(function, name, *, priority=0, minutes_ago=0.0, queue=None):
    run_at = timezone.now() - timedelta(minutes=minutes_ago)
    function(name, schedule={"run_at": run_at, "priority": priority}, queue=queue)


def test_the_urgent_first_then_the_oldest(function):
    queue(function, "young", priority=10)
    queue(function, "older", priority=10, minutes_ago=1)
    queue(function, "urgent", priority=30)

    drain()

    assert ran == ["urgent", "older", "young"]


def test_a_point_of_priority_is_worth_a_minute(function):
    queue(function, "urgent", priority=30)
    queue(function, "starving", priority=10, minutes_ago=21)
    queue(function, "waiting", priority=10, minutes_ago=19)

    drain()

    assert ran == ["starving", "urgent", "waiting"]


def test_what_is_not_due_waits(function):
    queue(function, "tomorrow", priority=99, minutes_ago=-60)
    queue(function, "now")

    drain()

    assert ran == ["now"]


def test_one_queue_only(function):
    queue(function, "bulk", queue="bulk")
    queue(function, "other", queue="other")
    queue(function, "none")

    drain(queue="bulk")

    assert ran == ["bulk"]


def test_functions_that_are_not_known_here_are_left_to_others(function):
    Task.objects.bulk_create([Task.objects.new_task("elsewhere.function")])
    queue(function, "ours")

    drain()

    assert ran == ["ours"]
    assert Task.objects.get().task_name == "elsewhere.function"


def test_what_another_worker_holds_is_left_to_it(function):
    queue(function, "held")
    Task.objects.update(locked_by="somebody", locked_at=timezone.now())
    queue(function, "free")

    drain()

    assert ran == ["free"]


def test_a_stream_of_urgent_work_does_not_starve_the_rest_of_several_slots(function):
    pools = [Pool(BULK, 2)]
    lease = Lease(concurrency=2, queue="", pools=pools)
    lease.open()
    claims = Claims(["tests.order"], pools)
    queue(function, "starving", priority=10)

    taken = []
    for minute in range(40):
        for number in range(3):  # one more than there are slots
            queue(function, f"{minute}-{number}", priority=30)
        with transaction.atomic():
            rows = claims.take({BULK: 2}, lease.name, risk=True)
        taken += [json.loads(row.task_params)[0][0] for row in rows]
        drop((row.id for row in rows), lease.name)
        Task.objects.update(run_at=F("run_at") - timedelta(minutes=1))

    place = taken.index("starving")
    came_before = {int(name.split("-")[0]) for name in taken[:place]}
    assert max(came_before) == 19, "what was urgent for twenty minutes goes first, and no more"
    assert place == 3 * 20
