"""The tray: what a learner's work is at, wherever they are."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import Lesson, Module, Syllabus
from lessons.content import request_content
from taskqueue.models import AITask

TRAY = reverse("taskqueue:tray")


@pytest.fixture
def as_alice(alice, client) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def task(alice) -> AITask:
    course = Syllabus.objects.create(user=alice, topic="Vectors", level="Beginner", title="Vectors")
    module = Module.objects.create(syllabus=course, position=1, title="Arrows")
    lesson = Lesson.objects.create(module=module, position=1, title="Length", minutes=10)
    return request_content(alice, lesson)


def address(name, task):
    return reverse(f"taskqueue:{name}", args=[task.pk])


def test_it_says_what_waits_runs_and_is_ready(as_alice, task):
    assert "Next in line" in as_alice.get(TRAY).text
    task.begin()
    task.report("Writing the lesson")
    assert "Writing the lesson" in as_alice.get(TRAY).text
    task.settle(dict)

    shown = as_alice.get(TRAY).text

    assert "The lesson “Length”" in shown
    assert "Ready" in shown
    assert address("open", task) in shown


def test_a_look_that_brings_nothing_new_is_304(as_alice, task):
    first = as_alice.get(TRAY)

    same = as_alice.get(TRAY, headers={"If-None-Match": first["ETag"]})
    task.begin()
    other = as_alice.get(TRAY, headers={"If-None-Match": first["ETag"]})

    assert (same.status_code, other.status_code) == (304, 200)


def test_opening_leads_to_the_work_and_takes_it_off(as_alice, task):
    task.begin()
    task.settle(dict)

    opened = as_alice.get(address("open", task))

    assert opened["Location"] == Lesson.objects.get().get_absolute_url()
    assert f'data-task="{task.pk}"' in as_alice.get(TRAY).text
    assert "hidden" in as_alice.get(TRAY).text  # for other devices, a minute long


def test_what_is_under_way_stays_when_it_is_opened(as_alice, task):
    as_alice.get(address("open", task))

    task.refresh_from_db()
    assert task.seen_at is None


def test_failures_stay_until_they_are_dismissed(as_alice, task):
    task.begin()
    task.fail(error="The model declined.", code="refused", detail="")
    assert "Failed. The model declined." in as_alice.get(TRAY).text

    assert as_alice.post(address("see", task)).status_code == 204

    assert str(task.pk) not in as_alice.get(TRAY).text


def test_all_that_ended_goes_at_once(as_alice, task):
    task.begin()
    task.fail(error="No.", code="refused", detail="")

    back = as_alice.post(TRAY, {"next": "/syllabus/"})

    assert (back.status_code, back["Location"]) == (302, "/syllabus/")
    assert str(task.pk) not in as_alice.get(TRAY).text


def test_a_stranger_sees_and_dismisses_nothing(client, bob, task):
    task.begin()
    task.fail(error="No.", code="refused", detail="")
    assert client.get(TRAY).status_code == 401
    client.force_login(bob)

    assert str(task.pk) not in client.get(TRAY).text
    assert client.post(address("see", task)).status_code == 404
    assert client.get(address("open", task)).status_code == 404
    client.post(TRAY)
    task.refresh_from_db()
    assert task.seen_at is None


def test_staff_who_look_do_not_see_for_the_learner(client, charlie, task):
    task.begin()
    task.fail(error="No.", code="refused", detail="")
    client.force_login(charlie)

    client.get(address("open", task))

    task.refresh_from_db()
    assert task.seen_at is None


def test_what_was_seen_to_fail_is_told_again_when_it_is_tried_again(as_alice, task):
    task.begin()
    task.fail(error="No.", code="refused", detail="")
    as_alice.post(address("see", task))

    as_alice.post(address("retry", task))
    task.refresh_from_db()
    task.begin()
    task.settle(dict)

    task.refresh_from_db()
    assert task.seen_at is None


def test_a_dismissal_is_news_for_other_pages(as_alice, task):
    task.begin()
    task.settle(dict)
    known = as_alice.get(TRAY)["ETag"]

    as_alice.post(address("see", task))

    assert as_alice.get(TRAY, headers={"If-None-Match": known}).status_code == 200


def test_an_end_is_news_for_a_minute(as_alice, task):
    assert "data-fresh" not in as_alice.get(TRAY).text
    task.begin()
    task.settle(dict)
    assert "data-fresh" in as_alice.get(TRAY).text

    AITask.objects.update(finished_at=timezone.now() - timedelta(minutes=2))

    assert address("open", task) in as_alice.get(TRAY).text
    assert "data-fresh" not in as_alice.get(TRAY).text
