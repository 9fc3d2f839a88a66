"""What one run was told in Retry-After holds for all."""

from datetime import timedelta

from background_task.models import Task
from django.core.management import call_command
from django.utils import timezone

from taskqueue.estimates import forget
from taskqueue.models import Pause
from tests.taskqueue.engine.conftest import until


def drain(**options):
    call_command("process_tasks", drain=True, **options)


def test_a_provider_that_asks_for_time_costs_one_attempt_and_not_one_of_each(put):
    told, waiting = put("busy", wait=600), [put("note") for _ in range(5)]

    drain()
    drain(pool=["bulk=3"])

    assert (told.now().status, told.now().attempt) == ("pending", 1)
    assert {(task.now().status, task.now().attempt) for task in waiting} == {("pending", 0)}
    assert Task.objects.filter(locked_by__isnull=True, repeat=Task.NEVER).count() == 6


def test_other_pools_go_on(put):
    put("busy", wait=600)
    drain()
    answer = put("tutor_note")

    drain()

    assert answer.now().status == "completed"


def test_a_pause_that_was_taken_away_is_over(put):
    put("busy", wait=600)
    task = put("note")
    drain()

    Pause.objects.all().delete()
    drain()

    assert task.now().status == "completed"


def test_a_sleeping_worker_is_there_when_a_pause_ends(workers, put):
    workers.start("--skip-checks", "--sleep", "3600")
    told = put("busy", wait=1.5)
    until(told.is_("pending"))
    until(Pause.objects.exists)

    task = put("note")

    until(task.is_("completed"))
    assert task.now().started_at >= Pause.objects.get().until


def test_a_pause_that_staff_end_wakes_a_sleeping_worker(workers, put, client, charlie):
    workers.start("--skip-checks", "--sleep", "3600")
    until(Task.objects.exclude(repeat=Task.NEVER).exists)  # the last thing that rings by itself
    put("busy", wait=600)
    until(Pause.objects.exists)
    task = put("note")
    client.force_login(charlie)

    client.post("/admin/taskqueue/pause/bulk/delete/", {"post": "yes"})

    until(task.is_("completed"))


def test_of_two_pauses_the_longer_holds(db):
    now = timezone.now()
    for seconds in (60, 90, 30):
        Pause.objects.hold_off(
            "bulk", now + timedelta(seconds=seconds), error=f"{seconds}", code="rate_limited"
        )

    pause = Pause.objects.get()

    assert (pause.until, pause.error) == (now + timedelta(seconds=90), "90")


def test_a_task_that_waits_for_it_says_why_and_until_when(client, put, alice):
    put("busy", wait=600)
    task = put("note", user=alice)
    drain()
    forget()
    client.force_login(alice)

    body = client.get(f"/api/tasks/{task.task.pk}/status/").json()

    assert (body["status"], body["attempt"]) == ("pending", 0)
    assert (body["error"], body["error_code"]) == ("The provider is busy.", "retryable")
    assert body["next_attempt_at"] == Pause.objects.get().until.isoformat()


def test_staff_see_it(client, charlie, put):
    put("busy", wait=600)
    drain()
    client.force_login(charlie)

    response = client.get("/admin/taskqueue/pause/")

    assert "The provider is busy." in response.text
