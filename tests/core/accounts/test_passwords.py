"""Logging in and out, and passwords that are wrong, forgotten or changed."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

RIGHT = "correct-horse-battery"
NEW = "violet-harbour-77"


def log_in(client: Client, password: str = RIGHT, username: str = "alice"):  # type: ignore[no-untyped-def]
    return client.post("/accounts/login/", {"username": username, "password": password})


def test_logging_in_and_out(client: Client, alice: User) -> None:
    assert log_in(client).url == reverse("home")
    assert client.get("/accounts/account/").status_code == 200
    assert client.post("/accounts/logout/").url == reverse("home")
    assert client.get("/accounts/account/").url == "/accounts/login/?next=/accounts/account/"


def test_logging_out_needs_a_post(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/accounts/logout/").status_code == 405


def test_logging_in_leads_on(client: Client, alice: User) -> None:
    page = client.get("/accounts/login/?next=/syllabus/").content.decode()
    assert 'name="next" value="/syllabus/"' in page
    assert 'href="/accounts/signup/?next=/syllabus/"' in page
    data = {"username": "alice", "password": RIGHT, "next": "/syllabus/"}
    assert client.post("/accounts/login/", data).url == "/syllabus/"


def test_a_wrong_password_is_said_plainly(client: Client, alice: User) -> None:
    response = log_in(client, "wrong")
    assert response.status_code == 200
    assert "Please enter a correct username and password" in response.content.decode()


def test_five_wrong_passwords_lock_the_account_for_a_while(client: Client, alice: User) -> None:
    for _ in range(4):
        assert log_in(client, "wrong").status_code == 200
    response = log_in(client, "wrong")
    assert response.status_code == 429
    assert response["Retry-After"] == "900"
    page = response.content.decode()
    assert "Try again in 15 minutes" in page
    assert reverse("password_reset") in page
    assert log_in(client).status_code == 429


def test_a_lock_holds_one_account_only(client: Client, alice: User, bob: User) -> None:
    for _ in range(5):
        log_in(client, "wrong")
    assert log_in(client, username="bob").status_code == 302


def test_the_account_page_shows_what_is_known(client: Client, alice: User) -> None:
    client.force_login(alice)
    page = client.get("/accounts/account/").content.decode()
    assert "alice@example.com" in page
    assert reverse("password_change") in page


def test_the_account_page_of_who_gave_no_address(client: Client) -> None:
    client.force_login(User.objects.create_user("dora"))
    assert "cannot be reset by mail" in client.get("/accounts/account/").content.decode()


def test_changing_the_password(client: Client, alice: User) -> None:
    client.force_login(alice)
    data = {"old_password": RIGHT, "new_password1": NEW, "new_password2": NEW}
    response = client.post("/accounts/password_change/", data, follow=True)
    assert "Your password is changed" in response.content.decode()
    assert log_in(Client(), NEW).status_code == 302


def test_guessing_the_old_password_is_throttled(client: Client, alice: User) -> None:
    client.force_login(alice)
    data = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    for _ in range(20):
        assert client.post("/accounts/password_change/", data).status_code == 200
    assert client.post("/accounts/password_change/", data).status_code == 429


def test_resetting_the_password(
    client: Client, alice: User, mailoutbox: list[EmailMessage]
) -> None:
    response = client.post("/accounts/password_reset/", {"email": "alice@example.com"}, follow=True)
    assert "Look into your mail" in response.content.decode()
    link = re.search(r"http://testserver(/\S+)", str(mailoutbox[0].body))
    assert link is not None
    form = client.get(link[1], follow=True)
    assert "Choose a new password" in form.content.decode()
    data = {"new_password1": NEW, "new_password2": NEW}
    done = client.post(form.redirect_chain[-1][0], data, follow=True)
    assert "Your password is changed" in done.content.decode()
    assert log_in(Client(), NEW).status_code == 302
    assert "used already or is too old" in client.get(link[1], follow=True).content.decode()


def test_resetting_does_not_tell_who_has_an_account(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    response = client.post(
        "/accounts/password_reset/", {"email": "nobody@example.com"}, follow=True
    )
    assert "If an account has that address" in response.content.decode()
    assert mailoutbox == []


def test_resetting_is_throttled(
    client: Client, alice: User, mailoutbox: list[EmailMessage]
) -> None:
    for _ in range(11):
        response = client.post("/accounts/password_reset/", {"email": "alice@example.com"})
    assert response.status_code == 429
    assert len(mailoutbox) == 10


@pytest.mark.parametrize(
    "address",
    ["/accounts/login/", "/accounts/signup/", "/accounts/password_reset/",
     "/accounts/password_reset/done/", "/accounts/reset/done/"],
)  # fmt: skip
def test_looking_is_never_throttled(client: Client, address: str) -> None:
    for _ in range(30):
        assert client.get(address).status_code == 200
