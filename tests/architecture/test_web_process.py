"""A web process stays light: it serves every page without LangChain, LangGraph or a provider's client."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "langchain",
    "langchain_core",
    "langchain_openai",
    "langgraph",
    "openai",
    "anthropic",
    "pydantic",
    "celery",
    "kombu",
)

VISIT = """
import json, sys
import config.wsgi
from django.core.management import call_command
from django.contrib.auth.models import User
from django.test import Client

call_command("migrate", verbosity=0)
call_command("seed_demo", force=True, stdout=open("/dev/null", "w"))
"""
WALK = """
import json, sys
import config.wsgi
from django.contrib.auth.models import User
from django.test import Client
from core.models import Syllabus

client = Client()
client.force_login(User.objects.get(username="alice"))
course = Syllabus.objects.get()
lesson = f"/lessons/{course.pk}/1/1/"
said = client.post(lesson + "interact/", {"message": "hi"}, content_type="application/json").json()
made = client.post(
    "/syllabus/generate/", {"topic": "Chess", "knowledge_level": "Beginner"}, content_type="application/json"
).json()
pages = [
    "/", "/syllabus/", "/syllabus/generate/", f"/syllabus/{course.pk}/", lesson, said["status_url"],
    said["events_url"], made["status_url"], f"/syllabus/wait/{made['task_id']}/", "/accounts/account/",
    "/connect/", "/healthz", "/readyz", "/admin/login/",
]
answers = {page: client.get(page).status_code for page in pages}
print(json.dumps({"answers": answers, "modules": sorted(sys.modules)}))
"""


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Seed a database in one process, then walk through the site in another and report what it imported."""
    environment = {
        **os.environ,
        "DEBUG": "true",
        "ALLOWED_HOSTS": "testserver",
        "DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('web')}/db.sqlite3",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }

    def python(code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    python(VISIT)
    return dict(json.loads(python(WALK)))


def test_every_page_answers(visit):
    wrong = {page: status for page, status in visit["answers"].items() if status != 200}

    assert wrong == {"/readyz": 503}, "without a worker only readiness is refused"


@pytest.mark.parametrize("package", HEAVY)
def test_nothing_heavy_is_imported(visit, package):
    assert not [name for name in visit["modules"] if name.split(".")[0] == package]
