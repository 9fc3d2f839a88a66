"""What every page has, the first page, and the pages for what went wrong."""

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.views import defaults
from pytest_django import Settings

from core.models import Syllabus
from core.theme import chosen_theme

pytestmark = pytest.mark.django_db
PUBLIC = ["/", "/connect/", "/accounts/login/", "/accounts/signup/", "/nowhere/"]


def test_the_first_page_asks_one_question(client: Client) -> None:
    page = client.get("/").content.decode()
    assert "What do you want to learn?" in page
    assert '<form class="ask" action="/accounts/signup/" method="get">' in page
    assert "<msqrt>" in page
    assert "finished course" not in page


def test_the_first_page_leads_to_a_public_course(client: Client, course: Syllabus) -> None:
    course.is_public = True
    course.save()
    assert f'href="/syllabus/{course.pk}/"' in client.get("/").content.decode()


@pytest.mark.parametrize("address", PUBLIC)
def test_every_page_says_when_answers_come_from_the_demo(
    client: Client, address: str, settings: Settings
) -> None:
    assert "built-in demo model" in client.get(address).content.decode()
    settings.LLM_PROVIDER = "openai"
    page = client.get(address).content.decode()
    assert "built-in demo model" not in page
    assert "can be wrong" in page


@pytest.mark.parametrize("address", PUBLIC)
def test_no_page_has_inline_scripts_or_styles(client: Client, address: str) -> None:
    page = client.get(address).content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert page.count("<script") == page.count('<script type="module" src="/static/js/')


def test_connecting_a_model_is_explained(client: Client, settings: Settings) -> None:
    page = client.get("/connect/").content.decode()
    for word in ("LLM_PROVIDER", "LLM_API_KEY", "LLM_BASE_URL", "Anthropic", "Ollama"):
        assert word in page
    settings.LLM_PROVIDER = "ollama"
    assert "A model is connected" in client.get("/connect/").content.decode()


def test_browsers_find_the_icon_where_they_look(client: Client) -> None:
    """Pages of the admin name none."""
    assert client.get("/favicon.ico")["Location"] == "/static/icons/techtree.svg"


def test_the_menu_is_that_of_who_is_signed_in(client: Client, alice: User, charlie: User) -> None:
    assert "Log in" in client.get("/").content.decode()
    client.force_login(alice)
    page = client.get("/").content.decode()
    assert "Signed in as <bdi>alice</bdi>" in page
    assert "Administration" not in page
    client.force_login(charlie)
    assert "Administration" in client.get("/").content.decode()


def test_the_theme_is_kept(client: Client) -> None:
    assert "data-theme" not in client.get("/").content.decode().split(">")[1]
    response = client.post("/theme/", {"theme": "dark", "next": "/connect/"})
    assert response.url == "/connect/"
    assert response.cookies["theme"]["httponly"]
    page = client.get("/").content.decode()
    assert '<html lang="en" data-theme="dark">' in page
    assert '<meta name="color-scheme" content="dark">' in page
    client.post("/theme/", {"theme": "auto"})
    assert '<html lang="en" >' in client.get("/").content.decode()


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", ""])
def test_choosing_a_theme_leads_nowhere_else(client: Client, address: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": address}).url == "/"


def test_a_theme_that_does_not_exist_is_not_kept(client: Client, rf: RequestFactory) -> None:
    assert "theme" not in client.post("/theme/", {"theme": '"><script>'}).cookies
    request = rf.get("/", headers={"Cookie": "theme=purple"})
    assert chosen_theme(request) == "auto"


def test_choosing_a_theme_needs_a_post(client: Client) -> None:
    assert client.get("/theme/").status_code == 405


def test_a_page_that_is_not_there(client: Client) -> None:
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


@pytest.fixture
def request_of_nobody(rf: RequestFactory) -> HttpRequest:
    request = rf.get("/")
    request.user = AnonymousUser()
    return request


def test_a_page_that_is_forbidden(request_of_nobody: HttpRequest) -> None:
    response = defaults.permission_denied(request_of_nobody, PermissionError())
    assert "You may not open this" in response.content.decode()


def test_a_request_that_cannot_be_read(request_of_nobody: HttpRequest) -> None:
    response = defaults.bad_request(request_of_nobody, ValueError())
    assert "This request cannot be read" in response.content.decode()


def test_a_page_that_broke_needs_nothing_of_the_site(rf: RequestFactory) -> None:
    response = defaults.server_error(rf.get("/"))
    assert response.status_code == 500
    assert "Something is broken here" in response.content.decode()


def test_the_style_page_is_for_development(client: Client, settings: LazySettings) -> None:
    assert client.get("/styleguide/").status_code == 404
    settings.DEBUG = True
    page = client.get("/styleguide/").text
    for name in ("task-card", "course-row", "lesson-row", "exercise", "composer", "prose"):
        assert f'class="{name}' in page
