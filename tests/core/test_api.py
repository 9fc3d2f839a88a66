"""How scripts and people are refused, on real endpoints."""

import json

import pytest
from django.urls import reverse

HTML = {"Accept": "text/html,application/xhtml+xml"}
MISSING = "/api/tasks/00000000-0000-0000-0000-000000000000/"


@pytest.fixture
def interact(client, alice, lessons):
    client.force_login(alice)
    url = reverse("lessons:interact", args=lessons[0].place)

    def post(body, content_type="application/json", **options):
        return client.post(url, body, content_type=content_type, **options)

    return post


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        ("", "application/json", 400, "invalid_json"),
        ("{", "application/json", 400, "invalid_json"),
        (b"\xff\xfe", "application/json", 400, "invalid_json"),
        ("[" * 5000, "application/json", 400, "invalid_json"),
        ('["a list"]', "application/json", 400, "invalid_json"),
        ("<xml/>", "text/xml", 415, "unsupported_media_type"),
        (json.dumps({"message": "x" * 10_000_000}), "application/json", 413, "too_large"),
    ],
)
def test_a_bad_body_is_refused_by_name(interact, body, content_type, status, code):
    response = interact(body, content_type)

    answer = response.json()
    assert (response.status_code, answer["status"], answer["code"]) == (status, "error", code)
    assert answer["message"]


def test_a_person_is_refused_with_a_page(client, alice):
    client.force_login(alice)

    response = client.get(f"{MISSING}status/", headers=HTML)

    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")
    assert "There is no such task." in response.text


def test_an_unknown_address_is_json_for_the_api_only(client, db):
    assert client.get("/syllabus/nothing/here/", headers=HTML)["Content-Type"].startswith(
        "text/html"
    )
