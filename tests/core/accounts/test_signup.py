"""Getting an account, and being led on to what one came for."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

SIGNUP = "/accounts/signup/"
PASSWORD = "violet-harbour-77"


def sign_up(client: Client, address: str = SIGNUP, **fields: Any) -> HttpResponse:
    data = {"username": "dora", "password1": PASSWORD, "password2": PASSWORD, **fields}
    return client.post(address, data)


def test_signing_up_signs_in(client: Client) -> None:
    response = sign_up(client, email="dora@example.com")
    assert response.status_code == 302
    assert response.url == reverse("home")
    assert User.objects.get().email == "dora@example.com"
    assert client.get("/accounts/account/").status_code == 200


def test_an_address_is_not_asked_for(client: Client) -> None:
    sign_up(client)
    assert User.objects.get().email == ""


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"username": ""}, "This field is required."),
        ({"username": "a b"}, "Enter a valid username"),
        ({"password2": "another"}, "The two password fields didn’t match."),
        ({"password1": "12345678", "password2": "12345678"}, "entirely numeric"),
        ({"email": "nowhere"}, "Enter a valid email address."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    client: Client, fields: dict[str, str], problem: str
) -> None:
    response = sign_up(client, **fields)
    assert problem in response.content.decode()
    assert not User.objects.exists()


def test_a_name_is_taken_once(client: Client, alice: User) -> None:
    assert "already exists" in sign_up(client, username="alice").content.decode()


@pytest.mark.parametrize(
    ("address", "fields"), [(f"{SIGNUP}?next=/syllabus/", {}), (SIGNUP, {"next": "/syllabus/"})]
)
def test_next_is_followed(client: Client, address: str, fields: dict[str, str]) -> None:
    assert sign_up(client, address, **fields).url == "/syllabus/"


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_next_does_not_lead_elsewhere(client: Client, address: str) -> None:
    assert sign_up(client, next=address).url == reverse("home")


def test_the_topic_of_the_first_page_is_kept(client: Client) -> None:
    page = client.get(SIGNUP, {"topic": "Größe & Maß"}).content.decode()
    assert "the course on <bdi>Größe &amp; Maß</bdi>" in page
    response = sign_up(client, f"{SIGNUP}?topic=Gr%C3%B6%C3%9Fe+%26+Ma%C3%9F")
    assert response.url == "/syllabus/generate/?topic=Gr%C3%B6%C3%9Fe+%26+Ma%C3%9F"
    assert 'value="Größe &amp; Maß"' in client.get(response.url).content.decode()


def test_a_topic_that_is_a_script_is_text(client: Client) -> None:
    page = client.get(SIGNUP, {"topic": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page


def test_who_is_signed_in_is_led_on(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get(SIGNUP).url == reverse("home")
    assert client.get(f"{SIGNUP}?topic=Light").url == "/syllabus/generate/?topic=Light"


def test_too_many_from_one_address_wait(client: Client) -> None:
    for _ in range(60):
        assert sign_up(client, username="").status_code == 200
    response = sign_up(client)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 3600
    assert "Try again in" in response.content.decode()
    assert not User.objects.exists()


def test_another_address_does_not_wait(client: Client) -> None:
    for _ in range(61):
        sign_up(client, username="")
    response = client.post(
        SIGNUP,
        {"username": "dora", "password1": PASSWORD, "password2": PASSWORD},
        REMOTE_ADDR="203.0.113.7",
    )
    assert response.status_code == 302
