"""What a learner is told in words, on every page and without scripts."""

from datetime import timedelta

import pytest
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone

from taskqueue.models import AITask
from taskqueue.wording import line

PENDING = {
    "status": "pending",
    "next_attempt_at": None,
    "progress": None,
    "queue_position": 0,
    "eta_seconds": None,
}
RUNNING = {**PENDING, "status": "processing", "queue_position": None}


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (PENDING, "Next in line"),
        ({**PENDING, "queue_position": 2, "eta_seconds": [20, 35]}, "2 ahead of you · 20–35 s"),
        ({**PENDING, "eta_seconds": [0, 4]}, "Next in line · up to 4 s"),
        ({**PENDING, "eta_seconds": [100, 200]}, "Next in line · 1–4 min"),
        ({**PENDING, "eta_seconds": [70, 120]}, "Next in line · 1–2 min"),
        (RUNNING, "Writing"),
        (
            {**RUNNING, "progress": {"step": "Planning module 2 of 5"}, "eta_seconds": [5, 5]},
            "Planning module 2 of 5 · up to 5 s",
        ),
        ({**RUNNING, "status": "completed"}, "Ready"),
    ],
)
def test_a_task_on_its_way_is_a_place_and_a_range(standing, said):
    assert line(standing, "Writing", "All is kept.") == (said, None, "")


def test_one_that_halts_says_what_is_kept():
    failed = {**RUNNING, "status": "failed", "error": "The key was refused."}
    stopped = {**RUNNING, "status": "cancelled"}

    assert line(failed, "", "All is kept.") == ("The key was refused.", None, "All is kept.")
    assert line(stopped, "", "All is kept.") == ("Stopped.", None, "All is kept.")


def test_another_try_has_a_time_unless_it_is_soon():
    later = timezone.now() + timedelta(minutes=5)
    soon = timezone.now() + timedelta(seconds=5)
    busy = {**PENDING, "error": "The provider is busy."}

    at = line({**busy, "next_attempt_at": later.isoformat()}, "", "It is kept.")
    now = line({**PENDING, "next_attempt_at": soon.isoformat()}, "", "It is kept.")

    assert at == ("The provider is busy. We try again", later, "It is kept.")
    assert now == ("It was interrupted. We try again in a few seconds.", None, "It is kept.")


@pytest.mark.django_db
def test_pages_say_the_time_in_utc_and_mark_it_for_scripts(put):
    later = timezone.now() + timedelta(minutes=5)
    task = put()
    AITask.objects.filter(pk=task.pk).update(
        error="<Busy>.", error_code="rate_limited", next_attempt_at=later
    )
    task.refresh_from_db()

    page = Template('{% load taskqueue_tags %}{% task_line task "Working" "It is kept." %}')

    assert page.render(Context({"task": task})) == (
        f'&lt;Busy&gt;. We try again at <time datetime="{later.isoformat()}" data-local="time">'
        f"{later:%H:%M} UTC</time>. It is kept."
    )


@pytest.mark.django_db
def test_accepted_work_says_where_it_stands(client, alice, put, drain):
    client.force_login(alice)
    task = put("hopeless")
    drain()
    put()

    body = client.post(reverse("taskqueue:retry", args=[task.pk])).json()

    assert (body["status"], body["queue_position"]) == ("pending", 1)


@pytest.mark.django_db
def test_a_try_whose_time_has_come_waits_in_the_line(client, alice, put, again):
    client.force_login(alice)
    task = put("flaky")
    AITask.objects.filter(pk=task.pk).update(next_attempt_at=timezone.now() - timedelta(seconds=1))

    body = client.get(reverse("taskqueue:status", args=[task.pk])).json()

    assert (body["next_attempt_at"], body["queue_position"]) == (None, 0)
