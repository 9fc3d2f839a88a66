"""What a learner wants to be told: asked for on two pages, and with an address."""

from html import unescape

import pytest
from django.urls import reverse

from core.models import Preferences
from syllabus.services import request_syllabus

pytestmark = pytest.mark.django_db

ACCOUNT = reverse("account")
ON = {"email_when_done": "on"}


@pytest.fixture
def as_alice(client, alice):
    client.force_login(alice)
    return client


def page(response):
    return unescape(response.text)


def wants(user):
    return Preferences.objects.filter(user=user, email_when_done=True).exists()


def test_it_is_off_until_asked_for_and_can_be_taken_back(as_alice, alice):
    assert "checked" not in page(as_alice.get(ACCOUNT))

    assert "Saved." in page(as_alice.post(ACCOUNT, ON, follow=True))
    assert wants(alice)
    assert "checked" in page(as_alice.get(ACCOUNT))
    as_alice.post(ACCOUNT, {})

    assert not wants(alice)


def test_an_address_is_asked_for_where_there_is_none(as_alice, alice):
    alice.email = ""
    alice.save()
    assert "Your e-mail address" in page(as_alice.get(ACCOUNT))

    refused = as_alice.post(ACCOUNT, ON)
    assert (refused.status_code, wants(alice)) == (400, False)
    assert "Give the address to write to." in page(refused)
    wrong = as_alice.post(ACCOUNT, {**ON, "email": "nowhere"})
    assert (wrong.status_code, wants(alice)) == (400, False)
    as_alice.post(ACCOUNT, {**ON, "email": "alice@example.org"})

    alice.refresh_from_db()
    assert (alice.email, wants(alice)) == ("alice@example.org", True)


def test_an_address_that_is_there_is_not_changed_this_way(as_alice, alice):
    assert "Your e-mail address" not in page(as_alice.get(ACCOUNT))

    as_alice.post(ACCOUNT, {**ON, "email": "mallory@example.com"})

    alice.refresh_from_db()
    assert alice.email == "alice@example.com"


def test_the_wait_page_asks_too_and_leads_back(as_alice, alice):
    task = request_syllabus(alice, topic="Bread", knowledge_level="Beginner")
    wait = reverse("syllabus:wait_for_generation", args=[task.pk])
    assert "Tell me by e-mail" in page(as_alice.get(wait))

    response = as_alice.post(ACCOUNT, {**ON, "next": wait})

    assert response.url == wait
    assert wants(alice)


def test_nobody_is_led_elsewhere(as_alice):
    assert as_alice.post(ACCOUNT, {**ON, "next": "https://evil.example/"}).url == ACCOUNT


def test_staff_who_look_at_a_task_set_nobodys_wishes(client, charlie, alice):
    task = request_syllabus(alice, topic="Bread", knowledge_level="Beginner")
    client.force_login(charlie)

    shown = client.get(reverse("syllabus:wait_for_generation", args=[task.pk]))

    assert "Tell me by e-mail" not in page(shown)


def test_a_visitor_is_asked_to_sign_in(client, db):
    assert client.post(ACCOUNT, ON).url == f"/accounts/login/?next={ACCOUNT}"
