"""What a load balancer sees."""

from datetime import timedelta

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from taskqueue.models import Worker


def test_a_live_process_answers_without_the_database(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_a_missing_migration_is_named(client, db):
    MigrationRecorder.Migration.objects.filter(app="core").delete()

    response = client.get("/readyz")

    assert response.status_code == 503
    assert "manage.py migrate" in response.json()["problems"][0]


@pytest.mark.parametrize("url", ["/healthz", "/readyz"])
def test_only_reading_is_allowed(client, db, url):
    assert client.post(url).status_code == 405


def test_an_installation_is_ready_with_a_worker_and_not_without(client, db):
    without = client.get("/readyz")
    Worker.objects.create(host="here", pid=1, machine="m", process="p", concurrency=4)

    assert (without.status_code, without.json()["code"]) == (503, "not_ready")
    assert "process_tasks" in without.json()["problems"][0]
    assert client.get("/readyz").json() == {"status": "ok"}

    Worker.objects.update(beat_at=timezone.now() - timedelta(minutes=1))
    assert client.get("/readyz").status_code == 503
