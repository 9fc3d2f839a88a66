"""What Prometheus reads, and who may."""

from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from core.models import LLMCall
from taskqueue.models import Pause, Worker


def samples(response):
    families = text_string_to_metric_families(response.text)
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


def test_the_queue_and_the_ledger(client, charlie, put, drain):
    put()
    put("hopeless")
    drain()
    put()
    LLMCall.objects.create(
        request_hash="x", role="fast", provider="demo", model="demo", prompt="p",
        prompt_version="1", latency_ms=5, outcome="ok", tokens_in=3, tokens_out=None,
        cost="0.25", replays=3,
    )  # fmt: skip
    Worker.objects.create(
        host="here", pid=7, machine="m", process="p", concurrency=4, widths={"bulk": 3}
    )
    later = timezone.now() + timedelta(minutes=1)
    Pause.objects.hold_off("bulk", later, error="Busy.", code="rate_limited")
    client.force_login(charlie)

    found = samples(client.get("/metrics"))

    assert found["techtree_tasks", "completed", "echo"] == 1
    assert found["techtree_tasks", "failed", "hopeless"] == 1
    assert found["techtree_tasks", "echo", "pending"] == 1
    assert found["techtree_oldest_pending_seconds", "echo"] >= 0
    assert found["techtree_run_seconds", "echo"] >= 0
    assert found["techtree_pool_width", "bulk"] == 3
    assert 0 < found["techtree_pool_paused_seconds", "bulk"] <= 60
    assert found["techtree_model_calls_total", "demo", "demo", "ok"] == 1
    assert found["techtree_tokens_in_total", "demo", "demo"] == 3
    assert found["techtree_tokens_out_total", "demo", "demo"] == 0
    assert found["techtree_model_cost_total", "demo", "demo"] == 0.25
    assert found["techtree_model_cost_not_spent_total", "demo", "demo"] == 0.75


@pytest.mark.parametrize(
    ("token", "sent", "status"),
    [("secret", "Bearer secret", 200), ("secret", "Bearer guess", 403), ("", "Bearer ", 403)],
)
def test_a_token_opens_it(client, db, settings, token, sent, status):
    settings.METRICS_TOKEN = token

    response = client.get("/metrics", headers={"Authorization": sent, "Accept": "application/json"})

    assert response.status_code == status


def test_learners_are_refused(client, alice):
    client.force_login(alice)

    response = client.get("/metrics", headers={"Accept": "application/json"})

    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
