"""E-mails about long work: for who asked, once for each end, with a way there."""

from dataclasses import replace
from datetime import timedelta

import pytest
from background_task.models import Task
from django.core import mail
from django.db import transaction
from django.utils import timezone

from core.models import Preferences
from lessons.content import request_content
from lessons.conversation import Said, say
from syllabus.services import request_syllabus
from taskqueue import steering
from taskqueue.engine.release import release
from taskqueue.models import AITask
from taskqueue.notices import send
from taskqueue.places import Place
from taskqueue.registry import REGISTRY
from tests.taskqueue.mail import Hesitant

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = timedelta(minutes=3)


def place(task):
    return Place("The echo", f"/echo/{task.pk}/")


@pytest.fixture(autouse=True)
def echo_has_a_place(monkeypatch, task_types, settings):
    settings.SITE_URL = "https://learn.example.org"
    for kind in ("echo", "hopeless", "flaky"):
        spec = replace(REGISTRY[kind], place="tests.taskqueue.test_notices.place")
        monkeypatch.setitem(REGISTRY, kind, spec)


@pytest.fixture
def asked(alice):
    return Preferences.objects.create(user=alice, email_when_done=True)


def long_since(task):
    """Make a task one that was asked for a while ago."""
    AITask.objects.filter(pk=task.pk).update(queued_at=timezone.now() - LONG_AGO)
    return task


def test_who_asked_is_told_that_it_is_ready(asked, put, drain):
    task = long_since(put())

    drain()

    (told,) = mail.outbox
    assert (told.to, told.subject) == (["alice@example.com"], "The echo is ready")
    assert f"https://learn.example.org/echo/{task.pk}/\n" in told.body
    assert "https://learn.example.org/accounts/account/" in told.body
    assert told.content_subtype == "plain"
    drain()
    assert len(mail.outbox) == 1


def test_who_asked_is_told_that_it_failed_and_why(asked, put, drain):
    long_since(put("hopeless"))

    drain()

    (told,) = mail.outbox
    assert told.subject == "The echo could not be finished"
    assert "This cannot be done. What you wrote is kept, and you can try again there." in told.body


def test_nobody_is_told_before_the_last_attempt(asked, put, drain, again):
    task = long_since(put("flaky", input_data={"good_at": 9}))
    drain()
    task.refresh_from_db()
    assert (task.status, mail.outbox) == ("pending", [])

    again(task)
    again(task)

    assert (task.status, len(mail.outbox)) == ("failed", 1)


def test_work_that_no_worker_survived_is_told_of_too(asked, put, drain):
    task = long_since(put())
    AITask.objects.filter(pk=task.pk).update(attempt=2)
    task.refresh_from_db()
    task.begin()
    with transaction.atomic():
        release(Task.objects.all(), counted=True)

    drain()

    task.refresh_from_db()
    assert (task.error_code, len(mail.outbox)) == ("interrupted", 1)


@pytest.mark.parametrize("wish", [None, False])
def test_who_did_not_ask_is_left_alone(alice, put, drain, wish):
    if wish is not None:
        Preferences.objects.create(user=alice, email_when_done=wish)
    long_since(put())

    drain()

    assert mail.outbox == []


def test_short_work_is_not_worth_a_letter(asked, put, drain):
    put()
    drain()

    assert mail.outbox == []


def test_without_an_address_there_is_nobody_to_tell(asked, alice, put, drain):
    alice.email = ""
    alice.save()
    long_since(put())

    drain()

    assert mail.outbox == []


def test_a_cancelled_task_and_a_run_that_lost_it_tell_nothing(asked, put, drain):
    long_since(put()).cancel()
    long_since(put("cancelled_meanwhile"))

    drain()

    assert mail.outbox == []
    assert not Task.objects.filter(task_name__endswith="send_notice").exists()


def test_the_letter_is_queued_with_the_end_or_not_at_all(asked, put):
    task = long_since(put())
    task.begin()
    task.refresh_from_db()
    queued = Task.objects.filter(task_name__endswith="send_notice")

    def save():
        raise ValueError("the rows cannot be written")

    with pytest.raises(ValueError, match="cannot be written"):
        task.settle(save)
    assert not queued.exists()
    task.settle(lambda: {})
    assert queued.count() == 1


def test_a_letter_whose_row_runs_twice_is_sent_once(asked, put, drain):
    task = long_since(put())
    drain()

    send(task.pk)

    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_away_is_asked_again(asked, put, drain, settings):
    settings.EMAIL_BACKEND = "tests.taskqueue.mail.Hesitant"
    Hesitant.refusals = 1
    long_since(put())
    drain()
    assert mail.outbox == []

    Task.objects.update(run_at=timezone.now())
    drain()

    assert len(mail.outbox) == 1


def test_each_end_is_told_of_when_work_is_run_again(asked, put, drain):
    task = long_since(put("hopeless"))
    drain()
    task.refresh_from_db()

    steering.retry(task)
    long_since(task)
    drain()

    assert len(mail.outbox) == 2


def test_each_kind_of_work_says_what_it_was_and_where_it_is(asked, alice, drain):
    long_since(request_syllabus(alice, topic="Bread", knowledge_level="Beginner"))
    drain()
    lesson = alice.syllabi.get().lessons().first()
    long_since(request_content(alice, lesson))
    drain()
    long_since(say(alice, lesson, Said("What is dough?", "chat")))
    drain()

    site = "https://learn.example.org"
    course, text, answer = mail.outbox
    assert course.subject == "Your course on Bread is ready"
    assert f"{site}{alice.syllabi.get().get_absolute_url()}\n" in course.body
    assert text.subject == f"The lesson “{lesson}” is ready"
    assert f"{site}{lesson.get_absolute_url()}\n" in text.body
    assert answer.subject == f"The tutor’s answer in “{lesson}” is ready"
    assert f"{site}{lesson.get_absolute_url()}#tutor\n" in answer.body


def test_work_whose_page_is_gone_is_not_told_of(asked, alice, drain):
    request_syllabus(alice, topic="Bread", knowledge_level="Beginner")
    drain()
    lesson = alice.syllabi.get().lessons().first()
    long_since(request_content(alice, lesson))
    lesson.delete()

    drain()

    assert AITask.objects.latest("created_at").status == "failed"
    assert mail.outbox == []
