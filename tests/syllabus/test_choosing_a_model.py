"""The learner's choice of a model: offered, kept by the course, used for all its work, and missed when it is gone."""

from html import unescape

import pytest
from django.urls import reverse

from core.llm.offer import Model
from core.models import LLMCall, Syllabus
from lessons.content import request_content
from lessons.conversation import Said, say
from syllabus.services import request_syllabus
from taskqueue.models import AITask
from tests.stubs.anthropic_server import AnthropicStub
from tests.stubs.openai_server import obj, text
from tests.stubs.product_answers import LESSON, answer
from tests.syllabus.conftest import plan

pytestmark = pytest.mark.django_db(transaction=True)

GENERATE = reverse("syllabus:generate")
WISH = {"topic": "Bread", "knowledge_level": "Beginner"}
SONNET = "anthropic:sonnet"
LLAMA = "ollama:llama3.1:8b"


@pytest.fixture
def anthropic():
    with AnthropicStub() as server:
        yield server


@pytest.fixture
def offered(settings, stub, anthropic):
    """Three models on offer: one of the site's own provider and two of others, each with a server of its own kind."""
    settings.LLM_MODELS = tuple(map(Model.read, ("openai:gpt+mini", SONNET, LLAMA)))
    settings.LLM_MODEL, settings.LLM_FAST_MODEL = "gpt", "mini"
    settings.LLM_CONNECTIONS = {
        "anthropic": ("a-key", anthropic.address),
        "ollama": ("", stub.origin),
    }
    stub.answer = answer
    return settings


def page(response):
    return unescape(response.content.decode())


def test_there_is_no_choice_of_one(client, alice, settings):
    client.force_login(alice)
    settings.LLM_MODELS = (Model.read("ollama:llama3.1"),)

    assert "Which model writes it?" not in page(client.get(GENERATE))


def test_the_sites_own_model_is_chosen_at_first(client, alice, offered):
    client.force_login(alice)
    offered.LLM_MODELS = offered.LLM_MODELS[1:] + offered.LLM_MODELS[:1]

    shown = page(client.get(GENERATE))

    assert "sonnet (Anthropic)" in shown and "llama3.1:8b (Ollama)" in shown
    chosen = [line for line in shown.splitlines() if 'name="model"' in line and "checked" in line]
    assert len(chosen) == 1 and 'value="openai:gpt"' in chosen[0]


def test_a_model_that_is_not_offered_is_refused(client, alice, offered):
    client.force_login(alice)

    as_page = client.post(GENERATE, {**WISH, "model": "openai:gpt-9"})
    as_script = client.post(
        GENERATE, {**WISH, "model": "openai:gpt-9"}, headers={"Accept": "application/json"}
    )

    assert as_page.status_code == as_script.status_code == 400
    assert "Choose one of the models" in page(as_page)
    assert as_script.json()["message"].startswith("model: ")
    assert not AITask.objects.exists()


def test_all_work_on_a_course_is_done_by_the_model_chosen(
    client, alice, offered, anthropic, stub, outline, drain
):
    client.force_login(alice)
    anthropic.queue(
        *(obj(each, finish_reason="end_turn") for each in (outline, plan("Flour"), plan("Ovens"))),
        text(LESSON, finish_reason="end_turn"),
        obj({"intent": "chat"}, finish_reason="end_turn"),
        text("Because of the gluten.", finish_reason="end_turn"),
    )

    client.post(GENERATE, {**WISH, "model": SONNET})
    drain()
    course = Syllabus.objects.get()
    lesson = course.lessons().first()
    request_content(alice, lesson)
    drain()
    say(alice, lesson, Said("Why does it rise", "chat"))
    drain()

    assert set(AITask.objects.values_list("model", "status")) == {(SONNET, "completed")}
    assert (course.chosen_model, course.model) == (SONNET, "sonnet")
    assert set(LLMCall.objects.values_list("provider", "model")) == {("anthropic", "sonnet")}
    assert len(anthropic.seen) == 6 and stub.seen == []
    assert "sonnet (Anthropic)" in page(client.get(course.get_absolute_url()))


def test_ollama_does_both_kinds_of_work(alice, offered, stub, drain):
    request_syllabus(alice, topic="Bread", knowledge_level="Beginner", model=LLAMA)
    drain()

    assert AITask.objects.get().status == "completed"
    assert {seen.body["model"] for seen in stub.seen} == {"llama3.1:8b"}
    assert {seen.path for seen in stub.seen} == {"/v1/chat/completions"}
    assert set(LLMCall.objects.values_list("provider", flat=True)) == {"ollama"}


def test_the_same_topic_with_another_model_is_another_wish(alice, offered, drain):
    def ask(model):
        return request_syllabus(alice, topic="Bread", knowledge_level="Beginner", model=model)

    assert ask(LLAMA) == ask(LLAMA)
    assert ask("") == ask("openai:gpt") != ask(LLAMA)
    drain()
    assert ask("openai:gpt") not in AITask.objects.filter(status="completed")
    drain()

    assert Syllabus.objects.count() == 2
    assert AITask.objects.latest("created_at").result["reused"] is True


def test_a_model_that_is_gone_is_replaced_and_the_course_says_so(
    client, alice, offered, stub, drain
):
    request_syllabus(alice, topic="Bread", knowledge_level="Beginner", model=LLAMA)
    drain()
    course = Syllabus.objects.get()
    offered.LLM_MODELS = offered.LLM_MODELS[:2]

    request_content(alice, course.lessons().first())
    drain()

    assert stub.seen[-1].body["model"] == "gpt"
    client.force_login(alice)
    shown = page(client.get(course.get_absolute_url()))
    assert (
        "It is not offered here any more: <bdi>gpt (OpenAI)</bdi> writes what comes next." in shown
    )
    offered.LLM_MODELS = (*offered.LLM_MODELS, Model.read(LLAMA))
    assert "not offered here any more" not in page(client.get(course.get_absolute_url()))


def test_work_that_waits_when_its_model_goes_is_done_by_the_sites_own(alice, offered, stub, drain):
    request_syllabus(alice, topic="Bread", knowledge_level="Beginner", model=SONNET)
    offered.LLM_MODELS = ()

    drain()

    assert AITask.objects.get().status == "completed"
    assert {seen.body["model"] for seen in stub.seen} == {"gpt"}
