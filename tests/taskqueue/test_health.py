"""What a load balancer sees."""

import pytest
from django.db.migrations.recorder import MigrationRecorder


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
