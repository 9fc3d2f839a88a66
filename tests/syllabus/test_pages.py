"""The pages of courses: who sees them, what they show, what they refuse."""

import json
import uuid
from html import unescape

import pytest
from django.urls import reverse

from core.models import Lesson, LessonContent, Module, Syllabus, UserProgress
from lessons.content import request_content
from syllabus.services import request_syllabus
from taskqueue.models import AITask

pytestmark = pytest.mark.django_db

GENERATE = reverse("syllabus:generate")
WISH = {"topic": "Bread baking", "knowledge_level": "Beginner"}


@pytest.fixture
def course(alice):
    course = Syllabus.objects.create(
        user=alice,
        topic="Bread",
        level="Beginner",
        title="All about bread",
        objectives=["Bake a loaf"],
    )
    for position in (1, 2):
        module = Module.objects.create(
            syllabus=course, position=position, title=f"Part {position}", summary="Some of it."
        )
        for number in (1, 2):
            Lesson.objects.create(
                module=module, position=number, title=f"Step {position}.{number}", minutes=10
            )
    return course


@pytest.fixture
def task(alice):
    return request_syllabus(alice, topic="Bread <b>", knowledge_level="Beginner")


def page(response):
    return unescape(response.content.decode())


def test_the_list_shows_ones_own_courses_only(client, course, alice, bob):
    client.force_login(alice)
    assert "All about bread" in page(client.get(reverse("syllabus:list")))

    client.force_login(bob)
    assert "All about bread" not in page(client.get(reverse("syllabus:list")))


@pytest.mark.parametrize("name", ["syllabus:list", "syllabus:generate"])
def test_visitors_are_asked_to_sign_in(client, name):
    response = client.get(reverse(name))

    assert response.status_code == 302
    assert response.url.startswith(reverse("login"))


def test_the_form_starts_with_what_a_link_suggests(client, alice):
    client.force_login(alice)

    form = client.get(GENERATE, {"topic": "Tea 茶", "knowledge_level": "Advanced"}).context["form"]
    assert form.initial == {"topic": "Tea 茶", "knowledge_level": "Advanced"}

    form = client.get(GENERATE, {"topic": "x" * 300, "knowledge_level": "Wizard"}).context["form"]
    assert form.initial == {"topic": "x" * 200, "knowledge_level": "Beginner"}


def test_a_person_is_led_to_the_wait_page(client, alice):
    client.force_login(alice)

    response = client.post(GENERATE, {**WISH, "background": "For a\r\nkindergarten."})

    task = AITask.objects.get()
    assert response.status_code == 302
    assert response.url == reverse("syllabus:wait_for_generation", args=[task.pk])
    assert (task.user, task.task_type) == (alice, "syllabus_generation")
    assert task.input_data == {**WISH, "background": "For a\nkindergarten."}


@pytest.mark.parametrize("body", [WISH, {**WISH, "background": "For work."}])
def test_a_script_gets_a_task(client, alice, body):
    client.force_login(alice)

    response = client.post(GENERATE, json.dumps(body), content_type="application/json")

    task = AITask.objects.get()
    assert response.status_code == 202
    assert response.json()["status"] == "pending"
    assert response.json()["task_id"] == str(task.pk)
    assert response.json()["status_url"] == reverse("taskqueue:status", args=[task.pk])


def test_a_form_may_ask_for_json(client, alice):
    client.force_login(alice)

    response = client.post(GENERATE, WISH, headers={"accept": "application/json"})

    assert response.status_code == 202


def test_a_double_click_and_a_second_tab_make_one_task(client, alice):
    client.force_login(alice)

    places = {client.post(GENERATE, wish).url for wish in (WISH, WISH, {**WISH, "background": " "})}

    assert len(places) == 1
    assert AITask.objects.count() == 1


BAD_WISHES = {
    "no topic": ({"topic": ""}, "topic", "Name a topic."),
    "spaces": ({"topic": "   "}, "topic", "Name a topic."),
    "nothing visible": ({"topic": "\u200b\u2060"}, "topic", "Write at least one letter or sign."),
    "too long": ({"topic": "x" * 201}, "topic", "Use at most 200 characters; you have 201."),
    "NUL": ({"topic": "a\x00b"}, "topic", "Leave out line breaks and control characters."),
    "a bell": ({"topic": "a\x07b"}, "topic", "Leave out line breaks and control characters."),
    "a line break": ({"topic": "a\nb"}, "topic", "Leave out line breaks and control characters."),
    "half a character": ({"topic": "a\ud83d"}, "topic", "Leave out line breaks"),
    "no level": ({"knowledge_level": ""}, "knowledge_level", "Choose a level."),
    "unknown level": ({"knowledge_level": "Wizard"}, "knowledge_level", "Choose one of Beginner,"),
    "long background": ({"background": "x" * 2001}, "background", "Use at most 2000 characters"),
    "bell in background": ({"background": "\x07"}, "background", "Leave out line breaks"),
}


@pytest.mark.parametrize(("change", "field", "problem"), BAD_WISHES.values(), ids=BAD_WISHES)
def test_a_bad_wish_is_refused_and_leaves_nothing(client, alice, change, field, problem):
    client.force_login(alice)

    response = client.post(GENERATE, json.dumps(WISH | change), content_type="application/json")

    assert response.status_code == 400
    assert response.json()["code"] == "invalid_input"
    assert response.json()["message"].startswith(f"{field}: {problem}")
    assert not AITask.objects.exists()


@pytest.mark.parametrize("value", [7, None, ["Bread"], {"a": 1}, True])
@pytest.mark.parametrize("field", ["topic", "knowledge_level", "background"])
def test_only_text_is_a_wish(client, alice, field, value):
    client.force_login(alice)

    response = client.post(
        GENERATE, json.dumps(WISH | {field: value}), content_type="application/json"
    )

    assert response.status_code == 400
    assert response.json()["message"] == f"{field}: Send text."
    assert not AITask.objects.exists()


def test_the_form_shows_what_is_wrong_with_it_and_keeps_what_was_typed(client, alice):
    client.force_login(alice)

    response = client.post(GENERATE, {"topic": "Tea", "knowledge_level": "Wizard"})

    assert response.status_code == 400
    assert "Choose one of Beginner, Early Learner, Good Knowledge, Advanced." in page(response)
    assert 'value="Tea"' in page(response)
    assert not AITask.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [(" ", 400, "invalid_json"), ("[1]", 400, "invalid_json"), ("x" * 300_000, 413, "too_large")],
)
def test_what_is_no_json_object_is_refused(client, alice, body, status, code):
    client.force_login(alice)

    response = client.post(GENERATE, body, content_type="application/json")

    assert (response.status_code, response.json()["code"]) == (status, code)


def test_a_script_that_is_signed_out_or_uses_another_method_is_told_so(client, alice):
    assert client.post(GENERATE, "{}", content_type="application/json").status_code == 401

    client.force_login(alice)
    response = client.get(GENERATE, headers={"accept": "application/json"})
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")


def test_a_full_queue_is_said_and_nothing_is_kept(client, alice, settings):
    settings.TASK_MAX_ACTIVE_PER_USER = 1
    client.force_login(alice)
    client.post(GENERATE, WISH)

    for accept in ("application/json", "text/html"):
        response = client.post(GENERATE, {**WISH, "topic": "Tea"}, headers={"accept": accept})
        assert response.status_code == 429
        assert int(response["Retry-After"]) > 0
    assert AITask.objects.count() == 1


def test_the_wait_page_knows_its_task(client, task, alice, charlie):
    for person in (alice, charlie):
        client.force_login(person)
        response = client.get(reverse("syllabus:wait_for_generation", args=[task.pk]))

        assert response.status_code == 200
        assert reverse("taskqueue:status", args=[task.pk]) in page(response)
        assert "Bread &lt;b&gt;" in response.content.decode()
        assert response.context["status"]["status"] == "pending"


def test_a_stranger_cannot_wait_for_somebody_elses_course(client, task, bob):
    client.force_login(bob)

    assert client.get(f"/syllabus/wait/{task.pk}/").status_code == 404
    assert client.get(f"/syllabus/wait/{uuid.uuid4()}/").status_code == 404


def test_other_work_is_not_waited_for_here(client, alice, course):
    other = request_content(alice, course.lessons()[0])
    client.force_login(alice)

    assert client.get(f"/syllabus/wait/{other.pk}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_finished_course_is_led_to(client, task, alice, drain):
    drain()
    client.force_login(alice)
    course = reverse("syllabus:detail", args=[Syllabus.objects.get().pk])

    assert client.get(f"/syllabus/wait/{task.pk}/").url == course
    status = client.get(reverse("taskqueue:status", args=[task.pk])).json()
    assert status["redirect_url"] == course


def test_a_course_shows_its_lessons_and_what_comes_next(client, course, alice):
    first, second, *_ = course.lessons()
    UserProgress.objects.create(
        user=alice, lesson=first, state="completed", completed_at=course.created_at
    )
    UserProgress.objects.create(user=alice, lesson=second)
    LessonContent.objects.create(lesson=first, exposition="Text.")
    client.force_login(alice)

    response = client.get(course.get_absolute_url())

    rows = [row for module in response.context["modules"] for row in module.rows]
    assert [row.number for row in rows] == ["1.1", "1.2", "2.1", "2.2"]
    assert [row.state for row in rows] == ["completed", "in_progress", "new", "new"]
    assert [row.is_next for row in rows] == [False, True, False, False]
    assert [row.is_written for row in rows] == [True, False, False, False]
    assert (response.context["course"].done, response.context["course"].total) == (1, 4)
    for text in ("All about bread", "Bake a loaf", "Part 2", "Step 2.1", "1 of 4"):
        assert text in page(response)


def test_a_private_course_does_not_exist_for_others(client, course, bob):
    assert client.get(course.get_absolute_url()).status_code == 404

    client.force_login(bob)
    assert client.get(course.get_absolute_url()).status_code == 404
    assert client.get(f"/syllabus/{uuid.uuid4()}/").status_code == 404


def test_a_public_course_can_be_read_by_everybody(client, course, bob, charlie):
    Syllabus.objects.update(is_public=True)

    for person in (None, bob, charlie):
        client.logout() if person is None else client.force_login(person)
        response = client.get(course.get_absolute_url())
        assert response.status_code == 200
        assert response.context["course"] is None
        rows = [row for module in response.context["modules"] for row in module.rows]
        assert {(row.state, row.is_next) for row in rows} == {("new", False)}


def test_staff_may_read_what_is_private(client, course, charlie):
    client.force_login(charlie)

    assert client.get(course.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("name", ["syllabus:list", "syllabus:generate"])
def test_a_method_that_makes_no_sense_is_refused(client, alice, name):
    client.force_login(alice)

    assert client.delete(reverse(name)).status_code == 405


def test_a_course_costs_the_same_however_long_it_is(
    client, course, alice, django_assert_max_num_queries
):
    client.force_login(alice)

    with django_assert_max_num_queries(14):
        client.get(course.get_absolute_url())
