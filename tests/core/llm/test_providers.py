"""Which model the settings mean, and that each provider's protocol is spoken."""

import sys

import pytest

from core.llm import errors
from core.llm.door import open_door
from core.llm.offer import Model
from core.llm.prompt import Prompt
from core.llm.providers import chat_model, chosen_model, close_clients
from core.llm.scope import call_scope
from core.models import LLMCall
from tests.stubs.anthropic_server import AnthropicStub
from tests.stubs.openai_server import Reply, failure, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def anthropic(settings):
    with AnthropicStub() as server:
        settings.LLM_PROVIDER = "anthropic"
        settings.LLM_BASE_URL = server.address
        settings.LLM_API_KEY = "stub-key"
        settings.LLM_TIMEOUT = 30
        yield server
        close_clients()


@pytest.mark.parametrize(
    ("provider", "large", "fast", "expected"),
    [
        ("openai", "a", "b", ("a", "b")),
        ("openai", "a", "", ("a", "a")),
        ("openai", "", "", ("gpt-5.4", "gpt-5.4-mini")),
        ("demo", "a", "b", ("demo", "demo")),
    ],
)
def test_a_role_means_a_model(settings, provider, large, fast, expected):
    settings.LLM_PROVIDER, settings.LLM_MODEL, settings.LLM_FAST_MODEL = provider, large, fast

    assert (chosen_model().of("large"), chosen_model().of("fast")) == expected


def test_anthropic_is_spoken(anthropic, prompt):
    anthropic.queue(text("Good morning, world.", finish_reason="end_turn"))

    answer = open_door("large").write(prompt)

    assert answer.text == "Good morning, world."
    sent = anthropic.seen[0]
    assert sent.path == "/v1/messages"
    assert sent.body["system"] == "You are terse."
    call = LLMCall.objects.get()
    assert (call.provider, call.tokens_in, call.tokens_out) == ("anthropic", 11, 5)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (failure(401, "authentication_error"), errors.BadKey),
        (failure(429, "rate_limit_error", Retry_After="3"), errors.RateLimited),
        (failure(529, "overloaded_error"), errors.ProviderUnavailable),
        (text("Half", finish_reason="max_tokens"), errors.TruncatedOutput),
        (text("No", finish_reason="refusal"), errors.Refused),
        (text("A text that breaks off", cut_after=4), errors.CutStream),
        (text("It began", stream_error={"type": "overloaded_error"}), errors.ProviderUnavailable),
        (text("It began", stream_error={"type": "rate_limit_error"}), errors.RateLimited),
    ],
)
def test_anthropics_failures_have_the_same_names(anthropic, prompt, reply, expected):
    anthropic.queue(reply)

    with pytest.raises(expected):
        open_door("fast").write(prompt)


def test_anthropics_calls_keep_the_deadline_too(anthropic, prompt, settings):
    settings.LLM_TIMEOUT = 1
    anthropic.queue(Reply(hang=True))

    with pytest.raises(errors.ModelTimeout):
        open_door("fast").write(prompt)


def test_a_missing_package_is_named(anthropic, prompt, monkeypatch):
    monkeypatch.setitem(sys.modules, "langchain_anthropic", None)

    with pytest.raises(errors.ProviderMissing, match="pip install"):
        open_door("fast").write(prompt)


def test_ollama_is_spoken_through_its_compatible_endpoint(stub, prompt, settings):
    settings.LLM_PROVIDER, settings.LLM_API_KEY = "ollama", ""

    assert open_door("fast").write(prompt).text == "Hello from the stub."
    assert stub.seen[0].path == "/v1/chat/completions"


@pytest.mark.parametrize("named", ["", "/", "/v1", "/v1/"])
def test_ollamas_address_need_not_name_the_endpoint(stub, prompt, settings, named):
    settings.LLM_PROVIDER, settings.LLM_BASE_URL = "ollama", f"{stub.origin}{named}"

    open_door("fast").write(prompt)

    assert stub.seen[0].path == "/v1/chat/completions"


def test_a_provider_that_is_not_the_sites_own_never_sees_the_sites_key(
    anthropic, stub, prompt, settings
):
    settings.LLM_MODELS = (Model.read("anthropic:sonnet"), Model.read("ollama:llama"))
    settings.LLM_CONNECTIONS = {
        "anthropic": ("own-key", anthropic.address),
        "ollama": ("", stub.address),
    }
    anthropic.queue(text("From Anthropic.", finish_reason="end_turn"))

    answers = []
    for model in settings.LLM_MODELS:
        with call_scope(model=model.name):
            answers.append(open_door("large").write(prompt))

    assert [(answer.text, answer.model) for answer in answers] == [
        ("From Anthropic.", "sonnet"),
        ("Hello from the stub.", "llama"),
    ]
    assert "own-key" in str(anthropic.seen[0].headers)
    assert "stub-key" not in str(anthropic.seen[0].headers) + str(stub.seen[0].headers)
    calls = LLMCall.objects.order_by("pk").values_list("provider", "model")
    assert list(calls) == [("anthropic", "sonnet"), ("ollama", "llama")]


def test_the_same_question_to_another_model_is_not_replayed(stub, prompt, settings, task_id):
    settings.LLM_MODELS = (Model.read("openai:a"), Model.read("openai:b"))

    for model in settings.LLM_MODELS:
        with call_scope(task_id=task_id, model=model.name):
            open_door("large").write(prompt)

    assert [seen.body["model"] for seen in stub.seen] == ["a", "b"]


def test_the_demo_goes_through_the_ledger_like_any_other(settings, task_id):
    settings.LLM_PROVIDER = "demo"
    facts = {"message": "What is a vector?", "text": "A vector has a length and a direction."}
    question = Prompt("tutor.chat", "1", system="", user="What is a vector?", inputs=facts)

    for _ in range(2):
        with call_scope(task_id=task_id):
            open_door("large").write(question)

    call = LLMCall.objects.get()
    assert (call.provider, call.model, call.outcome, call.replays) == ("demo", "demo", "ok", 1)


def test_a_model_is_usable_without_the_door(stub):
    assert chat_model("fast").invoke("Hello?").text == "Hello from the stub."


def test_no_prompt_goes_to_a_tracing_service(stub, prompt, monkeypatch):
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setenv("LANGCHAIN_API_KEY", "would-leak")

    open_door("fast").write(prompt)

    from langsmith.utils import tracing_is_enabled

    assert not tracing_is_enabled()
