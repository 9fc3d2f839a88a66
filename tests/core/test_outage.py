"""What a browser and a script are told while the database cannot be reached."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = {
    "SQLite": "sqlite:///{folder}",  # a folder is no file
    "PostgreSQL": "postgresql://nobody@127.0.0.1:1/nothing",
}
ASK = """
import json
import config.wsgi
from django.test import Client

status = "/api/tasks/00000000-0000-0000-0000-000000000000/status/"
client = Client(raise_request_exception=False, headers={"Accept": "text/html"})
client.cookies["sessionid"] = "of a learner who is signed in, say"
answers = {
    "page": client.get("/syllabus/?level=<b>"),
    "form": client.post("/accounts/login/", {"username": "alice", "password": "secret"}),
    "script": client.get(status, headers={"Accept": "application/json"}),
}
print(json.dumps({
    name: [answer.status_code, answer.headers.get("Retry-After"), answer.text] for name, answer in answers.items()
}))
"""


@pytest.fixture(scope="module", params=NOWHERE)
def answers(request, tmp_path_factory):
    """What a web process without a database answers: status, `Retry-After` and text, by who asks."""
    url = NOWHERE[request.param].format(folder=tmp_path_factory.mktemp("database"))
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", ASK]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {**json.loads(done.stdout), "log": done.stderr}


def test_a_page_says_so_and_looks_again_by_itself(answers):
    status, retry_after, text = answers["page"]

    assert (status, retry_after) == (503, "10")
    assert "The database does not answer" in text
    assert 'http-equiv="refresh" content="10"' in text
    assert 'href="/syllabus/?level=%3Cb%3E"' in text, "the way on is the page that was asked for"


def test_who_sent_a_form_is_told_to_send_it_again_and_it_is_not_lost_by_looking_again(answers):
    status, _, text = answers["form"]

    assert status == 503
    assert "let the browser send it once more" in text
    assert "http-equiv" not in text


def test_a_script_is_refused_as_by_every_endpoint(answers):
    status, retry_after, text = answers["script"]

    assert (status, retry_after) == (503, "10")
    assert (json.loads(text)["status"], json.loads(text)["code"]) == ("error", "unavailable")


def test_operators_read_why(answers):
    lines = [line for line in answers["log"].splitlines() if "The database is away" in line]

    assert len(lines) == 3, answers["log"]
    assert "Traceback" not in answers["log"]
