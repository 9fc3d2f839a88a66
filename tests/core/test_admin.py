"""Staff can open every model of the project; what is a record cannot be written by hand."""

import uuid

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from core.models import (
    Assessment,
    ConversationHistory,
    Exercise,
    LessonContent,
    LLMCall,
    Preferences,
    Syllabus,
    UserProgress,
)

pytestmark = pytest.mark.django_db
EDITABLE = {"syllabus", "module", "lesson"}
MODELS = [model for model in apps.get_models() if model._meta.app_label == "core"]
NAMES = [model._meta.model_name for model in MODELS]


@pytest.fixture
def records(alice, lessons):
    """One row of every model."""
    lesson = lessons[0]
    task_id = uuid.uuid4()
    LessonContent.objects.create(lesson=lesson, exposition="## Text", task_id=task_id)
    UserProgress.objects.create(user=alice, lesson=lesson)
    ConversationHistory.objects.create(user=alice, lesson=lesson, role="user", content="Why?")
    Assessment.objects.create(user=alice, lesson=lesson)
    Exercise.objects.create(
        user=alice, lesson=lesson, kind="short_answer", question="Why?", key=[], solution="Because."
    )
    Preferences.objects.create(user=alice, email_when_done=True)
    LLMCall.objects.create(
        task_id=task_id,
        learner=alice,
        request_hash="0" * 64,
        role="fast",
        provider="openai",
        model="small",
        prompt="tutor.chat",
        prompt_version="1",
        latency_ms=1234,
        outcome="timeout",
        error="ReadTimeout",
    )
    return task_id


@pytest.fixture
def office(client, charlie):
    client.force_login(charlie)
    return client


def url(name, page, *args):
    return reverse(f"admin:core_{name}_{page}", args=args)


def test_every_model_is_registered():
    assert [model for model in MODELS if not admin.site.is_registered(model)] == []


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_every_list_can_be_opened_and_searched(office, records, model):
    name = model._meta.model_name
    row = model._default_manager.first()

    response = office.get(url(name, "changelist"))
    assert response.status_code == 200
    assert response.context["cl"].result_count >= 1
    assert office.get(url(name, "changelist"), {"q": "nothing like it"}).status_code == 200
    assert office.get(url(name, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_only_courses_can_be_edited(office, records, model):
    name = model._meta.model_name
    row = model._default_manager.first()

    added = office.get(url(name, "add")).status_code
    changed = office.post(url(name, "change", row.pk), {}).status_code

    assert (added, changed) == ((200, 200) if name in EDITABLE else (403, 403))


def test_the_ledger_is_not_even_deleted(office, records):
    call = LLMCall.objects.get()

    assert office.post(url("llmcall", "delete", call.pk), {"post": "yes"}).status_code == 403
    assert LLMCall.objects.count() == 1


def test_a_course_goes_with_all_that_belongs_to_it(office, records, course):
    response = office.post(url("syllabus", "delete", course.pk), {"post": "yes"})

    assert response.status_code == 302
    assert not Syllabus.objects.exists()
    assert not ConversationHistory.objects.exists()


def test_the_calls_of_a_task_are_found_by_its_id(office, records):
    page = office.get(url("llmcall", "changelist"), {"q": str(records)})
    assert page.context["cl"].result_count == 1
    assert "1.2" in page.content.decode()

    page = office.get(url("llmcall", "changelist"), {"q": str(uuid.uuid4())})
    assert page.context["cl"].result_count == 0


def test_a_course_can_be_made_public(office, course):
    form = office.get(url("syllabus", "change", course.pk)).context["adminform"].form
    data = {
        "user": course.user_id,
        "topic": course.topic,
        "level": course.level,
        "title": course.title,
        "objectives": '["Add vectors"]',
        "is_public": "on",
        "modules-TOTAL_FORMS": "0",
        "modules-INITIAL_FORMS": "0",
    }
    assert set(data) & set(form.fields) == set(form.fields) - {"background"}

    response = office.post(url("syllabus", "change", course.pk), data)

    assert response.status_code == 302, response.context["errors"]
    course.refresh_from_db()
    assert course.is_public


def test_the_list_counts_lessons(office, course):
    page = office.get(url("syllabus", "changelist"))

    assert page.context["cl"].result_list[0].lesson_count == 4
