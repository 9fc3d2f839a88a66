"""The place in the line and the range of time, on the real queue."""

from dataclasses import replace
from datetime import timedelta

import pytest
from background_task.models import Task
from django.urls import reverse
from django.utils import timezone

from core.llm.offer import Model
from taskqueue import estimates, steering
from taskqueue.enqueue import enqueue
from taskqueue.estimates import eta_seconds, kept, queue_position
from taskqueue.models import AITask, Worker
from taskqueue.registry import REGISTRY, Priority

pytestmark = pytest.mark.django_db


@pytest.fixture
def took(put):
    """Make history: tasks of a kind that ended after so many seconds."""

    def took(*seconds, kind="echo", model="", expected=None):
        now = timezone.now()
        for each in seconds:
            start = now - timedelta(seconds=each)
            due = start + timedelta(seconds=expected) if expected else None
            AITask.objects.create(
                task_type=kind, model=model or "demo:demo", status="completed", created_at=start,
                queued_at=start, started_at=start, finished_at=now, expected_at=due,
            )  # fmt: skip
        estimates.forget()

    return took


def shown(task):
    return (
        (task.expected_from - task.queued_at).total_seconds(),
        (task.expected_until - task.queued_at).total_seconds(),
    )


def test_the_place_is_that_of_the_claim(put, drain, monkeypatch):
    first, second, third = put(), put(), put()
    Task.objects.filter(verbose_name=str(third)).update(run_at=timezone.now() - timedelta(hours=1))
    estimates.forget()

    assert [queue_position(task) for task in (third, first, second)] == [0, 1, 2]
    drain()
    ended = AITask.objects.order_by("started_at")
    assert list(ended) == [third, first, second]


def test_another_pool_is_another_line(put, monkeypatch):
    spec = replace(REGISTRY["flaky"], pool="interactive", priority=Priority.INTERACTIVE)
    monkeypatch.setitem(REGISTRY, "flaky", spec)
    put(), put()

    assert queue_position(put("flaky")) == 0
    assert queue_position(put()) == 2


def test_a_task_that_came_after_the_last_look_is_found(put):
    first = put()
    assert queue_position(first) == 0

    assert queue_position(put()) == 1


def test_a_task_that_waits_for_a_retry_has_all_that_is_due_before_it(put, drain):
    waiting = put("flaky", input_data={"good_at": 2, "wait": 600})
    drain()
    waiting.refresh_from_db()
    put(), put()
    estimates.forget()

    assert queue_position(waiting) == 2


def test_a_range_is_of_the_type_and_the_model(put, took, settings):
    took(*[10.0] * 40)
    took(*[90.0] * 40, model="openai:big")
    settings.LLM_MODELS = (Model.read("openai:big"),)

    assert eta_seconds(put()) == [10, 11]
    assert eta_seconds(put(model="openai:big")) == [90, 91]
    assert eta_seconds(put("flaky")) is None


def test_those_before_it_make_it_later(put, took):
    took(*[10.0] * 40)
    Worker.objects.create(
        host="h", pid=1, machine="m", process="p", concurrency=2, pools={"bulk": 2}
    )
    estimates.forget()

    waiting = [put() for _ in range(5)]

    assert [shown(task)[0] for task in waiting] == [10, 10, 10, 10, 10]
    assert [shown(task)[1] for task in waiting] == [11, 11, 20, 30, 40]


def test_a_provider_without_room_makes_it_later(put, took):
    took(*[10.0] * 40)
    Worker.objects.create(
        host="h", pid=1, machine="m", process="p", concurrency=2,
        pools={"bulk": 2}, widths={"bulk": 1},
    )  # fmt: skip
    estimates.forget()

    assert [shown(put())[1] for _ in range(3)] == [11, 30, 50]


def test_what_was_shown_is_held_against_the_real_end(put, took, drain):
    took(*[0.2] * 40)
    inside = put()
    drain()
    took(*[3600.0] * 40, kind="hopeless")
    too_early = put("hopeless")
    unknown = put("flaky", input_data={"good_at": 1})
    drain()

    for task, expected in ((inside, True), (too_early, False), (unknown, None)):
        task.refresh_from_db()
        assert (task.is_active, task.ended_as_expected) == (False, expected)
    rates = {row["task_type"]: row for row in kept(timezone.now() - timedelta(days=1))}
    assert (rates["echo"]["inside"], rates["echo"]["shown"]) == (1, 1)
    assert (rates["hopeless"]["inside"], rates["hopeless"]["shown"]) == (0, 1)
    assert "flaky" not in rates


def test_forecasts_that_were_wrong_correct_the_next_ones(put, took):
    took(*[30.0] * 40, expected=10)

    assert eta_seconds(put()) == [90, 90 + 1]


def test_a_cancelled_task_tells_nothing(put, took):
    took(*[10.0] * 40)
    for _ in range(10):
        put().cancel()
    estimates.forget()

    assert eta_seconds(put()) == [10, 11]
    assert not kept(timezone.now() - timedelta(days=1))


def test_a_task_that_is_run_again_promises_nothing_old(put, took, drain):
    took(*[3600.0] * 40, kind="hopeless")
    task = put("hopeless")
    drain()
    task.refresh_from_db()

    steering.retry(task)

    assert (task.expected_until, task.ended_as_expected) == (None, None)
    assert task.queued_at > AITask.objects.filter(pk=task.pk).values_list("created_at")[0][0]


def test_looking_again_asks_only_for_the_task(client, alice, put, took, django_assert_num_queries):
    took(*[10.0] * 40)
    client.force_login(alice)
    url = reverse("taskqueue:status", args=[put().pk])
    client.get(url)

    with django_assert_num_queries(3):  # session, user, task
        client.get(url)


def test_staff_see_how_honest_the_ranges_are(client, charlie, put, took, drain):
    took(*[0.2] * 40)
    put()
    drain()
    client.force_login(charlie)

    page = client.get(reverse("admin:taskqueue_aitask_changelist"))

    assert "echo by demo:demo: 1 of 1 ended within the range of time" in page.text
    assert 'techtree_ranges{inside="true",model="demo:demo",task_type="echo"} 1.0' in (
        client.get("/metrics").text
    )


def test_a_full_queue_still_answers(put, alice, monkeypatch, settings):
    settings.TASK_MAX_ACTIVE_PER_USER = 100
    monkeypatch.setattr("taskqueue.line.LONGEST", 3)
    tasks = [enqueue("echo", user=alice, input_data={})[0] for _ in range(5)]
    estimates.forget()

    assert [queue_position(task) for task in tasks] == [0, 1, 2, 3, 3]
