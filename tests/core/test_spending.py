"""What calls cost: fixed when they are made, summed up for staff, and never a number that nobody knows."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from core.llm.door import open_door
from core.llm.prompt import Prompt
from core.llm.scope import call_scope
from core.models import ConversationHistory, LessonContent, LLMCall
from tests.stubs.openai_server import obj, text

pytestmark = pytest.mark.django_db

LEDGER = reverse("admin:core_llmcall_changelist")
COSTS = reverse("admin:core_llmcall_costs")
PROMPT = Prompt("test.prompt", "1", system="You are terse.", user="Say hello.")


@pytest.fixture
def priced(settings, stub):
    settings.LLM_MODEL = "big"
    settings.LLM_PRICES = {
        "openai:big": (Decimal("2.50"), Decimal(10)),
        "ollama:big": (Decimal(9), Decimal(9)),
    }
    return stub


@pytest.fixture
def office(client, charlie):
    client.force_login(charlie)
    return client


def call(**given):
    line = {
        "request_hash": uuid.uuid4().hex, "role": "large", "provider": "openai", "model": "big",
        "prompt": "lesson", "prompt_version": "3", "latency_ms": 5, "outcome": "ok",
    }  # fmt: skip
    return LLMCall.objects.create(**{**line, **given})


def rows(response, table):
    return [
        (str(row["label"]), row["count"], row["spent"]) for row in response.context["tables"][table]
    ]


def test_a_call_costs_what_its_tokens_cost(priced, settings):
    priced.queue(text("x" * 400))

    open_door("large").write(PROMPT)

    # 11 tokens in and 100 out, by the stub's count
    assert LLMCall.objects.get().cost == Decimal("0.0010275")
    settings.LLM_PRICES = {}
    assert LLMCall.objects.get().cost == Decimal("0.0010275")


def test_an_answer_that_cannot_be_used_has_its_price_too(priced):
    priced.queue(text("Half", finish_reason="length"))

    with pytest.raises(Exception, match="middle of its answer"):
        open_door("large").write(PROMPT)

    assert LLMCall.objects.get().cost > 0


@pytest.mark.parametrize(
    ("reply", "prices"),
    [
        (text("Hello."), {"openai:other": (Decimal(1), Decimal(1))}),
        (text("Hello.", usage=False), {"openai:big": (Decimal(1), Decimal(1))}),
    ],
)
def test_a_price_that_is_not_known_is_not_made_up(priced, settings, reply, prices):
    settings.LLM_PRICES = prices
    priced.queue(reply)

    open_door("large").write(PROMPT)

    assert LLMCall.objects.get().cost is None


def test_a_free_model_costs_nothing_and_that_is_known(priced, settings):
    settings.LLM_PRICES = {"openai:big": (Decimal(0), Decimal(0))}

    open_door("large").write(PROMPT)

    assert LLMCall.objects.get().cost == 0


def test_what_is_replayed_is_money_not_spent(priced, office):
    task_id = uuid.uuid4()
    priced.queue(text("x" * 40_000))
    for _ in range(3):
        with call_scope(task_id=task_id):
            open_door("large").write(PROMPT)

    shown = office.get(LEDGER)

    assert len(priced.seen) == 1
    assert "1 call · spent 0.1000 · replayed 2 times, money not spent 0.2001" in shown.text


def test_the_summary_is_of_what_the_list_shows(office, alice):
    call(cost="0.5", learner=alice, replays=1)
    call(cost="0.25", outcome="invalid")
    call()

    everything = office.get(LEDGER).context["summary"]
    one = office.get(LEDGER, {"replayed": "yes"}).context["summary"]
    nothing = office.get(LEDGER, {"q": "no such call"})

    assert (everything["count"], everything["spent"], everything["unpriced"]) == (
        3,
        Decimal("0.75"),
        1,
    )
    assert (one["count"], one["spent"], one["not_spent"]) == (1, Decimal("0.5"), Decimal("0.5"))
    assert "0 calls · spent – · replayed 0 times, money not spent –" in nothing.text


def test_costs_by_learner_course_and_prompt(office, alice, lessons, course):
    course.task_id = uuid.uuid4()
    course.save()
    written, said, lost = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    LessonContent.objects.create(lesson=lessons[0], exposition="## Text", task_id=written)
    for role in ("user", "assistant"):
        ConversationHistory.objects.create(
            user=alice, lesson=lessons[1], role=role, content="Why?", task_id=said
        )
    call(task_id=course.task_id, cost=1, learner=alice, prompt="outline")
    call(task_id=written, cost=2, learner=alice)
    call(task_id=said, cost=4, learner=alice)
    call(task_id=lost, cost=8)
    call(task_id=lost, learner=alice, outcome="timeout")
    old = call(task_id=written, cost=100, learner=alice)
    LLMCall.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))

    month = office.get(COSTS)

    assert rows(month, "Learner") == [("None", 1, Decimal(8)), ("alice", 4, Decimal(7))]
    assert rows(month, "Course") == [("None", 2, Decimal(8)), ("Linear algebra", 3, Decimal(7))]
    assert rows(month, "Prompt") == [
        ("lesson 3 → big", 4, Decimal(14)), ("outline 3 → big", 1, Decimal(1))
    ]  # fmt: skip
    assert office.get(COSTS, {"days": "365"}).context["summary"]["spent"] == Decimal(115)
    assert office.get(COSTS, {"days": "many"}).context["days"] == "30"


def test_the_number_of_queries_does_not_grow(office, lessons, django_assert_max_num_queries):
    for lesson in lessons:
        task_id = uuid.uuid4()
        LessonContent.objects.create(lesson=lesson, exposition="## Text", task_id=task_id)
        call(task_id=task_id, cost=1)

    with django_assert_max_num_queries(8):
        assert office.get(COSTS).status_code == 200


def test_only_staff_who_may_see_the_ledger_see_the_costs(client, alice, bob):
    client.force_login(alice)
    assert client.get(COSTS).status_code == 302
    bob.is_staff = True
    bob.save()
    client.force_login(bob)

    assert client.get(COSTS).status_code == 403


def test_a_repair_turn_is_paid_like_any_other(priced):
    from pydantic import BaseModel

    class Word(BaseModel):
        word: str

    priced.queue(obj({"wort": "hallo"}), obj({"word": "hello"}))

    open_door("large").fill(PROMPT, Word)

    assert LLMCall.objects.filter(cost__gt=0).count() == 2
