"""A wrong setting is one line at start that names its variable."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import free_port

ROOT = Path(__file__).resolve().parents[2]


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "perhaps"),
        ("DATABASE_URL", "mysql://localhost/techtree"),
        ("DATABASE_URL", "postgres://techtree@localhost:port/techtree"),
        ("DATABASE_URL", "sqlite:////nowhere/at/all.sqlite3"),
        ("CSRF_TRUSTED_ORIGINS", "learn.example"),
        ("EMAIL_URL", "pigeon://localhost"),
        ("LOG_LEVEL", "LOUD"),
        ("LLM_BASE_URL", "localhost:8000/v1"),
        ("OLLAMA_BASE_URL", "localhost"),
        ("LLM_PROVIDER", "oracle"),
        ("LLM_TIMEOUT", "soon"),
        ("LLM_TIMEOUT", "0"),
        ("MAX_ATTEMPTS", "0"),
        ("TASK_CONCURRENCY", "-1"),
        ("TASKQUEUE_ENGINE", "carousel"),
        ("TASK_LEASE_SECONDS", "1.5"),
        ("TASK_MAX_PENDING", "many"),
        ("LLM_MODELS", "gpt-5.4"),
        ("LLM_MODELS", "oracle:delphi"),
        ("LLM_MODELS", "ollama:a+"),
        ("LLM_MODELS", "ollama:a,ollama:a"),
        ("LLM_MODELS", "demo:demo"),
        ("LLM_PRICES", "openai:gpt-5.4"),
        ("LLM_PRICES", "openai:gpt-5.4=1"),
        ("LLM_PRICES", "gpt-5.4=1/2"),
        ("SITE_URL", "learn.example.org"),
        ("LLM_PRICES", "openai:gpt-5.4=1/-2"),
        ("LLM_PRICES", "openai:gpt-5.4=1/NaN"),
    ],
)
def test_a_wrong_value_is_one_line(name, value):
    done = manage("check", **{name: value})

    assert done.returncode == 1
    assert done.stderr.startswith(f"techtree: {name} must ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["migrate", "queue_status", "createsuperuser"])
def test_a_database_that_cannot_be_reached_is_one_line(command):
    url = f"postgres://techtree@127.0.0.1:{free_port()}/techtree"

    done = manage(command, DATABASE_URL=url, DJANGO_SUPERUSER_PASSWORD="secret")

    assert done.returncode == 1
    assert done.stderr.startswith("techtree: The database at DATABASE_URL cannot be used now: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["process_tasks", "queue_status", "seed_demo"])
def test_a_database_without_tables_is_one_line(command, tmp_path):
    done = manage(command, DATABASE_URL=f"sqlite:///{tmp_path / 'new.sqlite3'}")

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("techtree: The database is not migrated (")
    assert "Traceback" not in done.stderr


def test_a_traceback_is_shown_to_who_asks_for_it(tmp_path):
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"

    assert "Traceback" in manage("queue_status", "--traceback", DATABASE_URL=url).stderr


@pytest.mark.parametrize("address", ["", "localhost:6379", "sqs://queue", "redis://"])
def test_celery_needs_the_address_of_its_broker(address):
    done = manage("check", TASKQUEUE_ENGINE="celery", CELERY_BROKER_URL=address)

    assert done.returncode == 1
    assert done.stderr.startswith("techtree: CELERY_BROKER_URL must ")
    assert done.stderr.count("\n") == 1


def test_a_wrong_value_is_one_line_in_the_web_process_too():
    done = subprocess.run(
        [sys.executable, "-m", "uvicorn", "config.asgi:application"],
        cwd=ROOT,
        env={**os.environ, "MAX_ATTEMPTS": "0"},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 1
    assert done.stderr == "techtree: MAX_ATTEMPTS must be a whole number of at least 1.\n"


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_provider_needs_a_key_or_an_address(provider):
    done = manage("check", LLM_PROVIDER=provider)

    assert done.stderr == f"techtree: LLM_API_KEY must be set for LLM_PROVIDER={provider}.\n"


def test_a_secret_key_is_required_without_debug():
    done = manage("check", DEBUG="false", SECRET_KEY="")

    assert done.stderr == "techtree: SECRET_KEY must be set when DEBUG is off.\n"


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "ANTHROPIC_API_KEY"])
def test_a_model_on_offer_needs_its_key(name):
    provider = name.partition("_")[0].lower()

    done = manage("check", LLM_PROVIDER="", LLM_MODELS=f"ollama:llama3.1,{provider}:big")

    assert done.stderr == (
        f"techtree: {name} must be set, for LLM_MODELS offers a model of {provider}.\n"
    )


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"PORT": "8001"}, "http://127.0.0.1:8001"),
        (
            {"CSRF_TRUSTED_ORIGINS": "https://*.example.org,https://a.example.org"},
            "https://a.example.org",
        ),
        (
            {"CSRF_TRUSTED_ORIGINS": "https://a.example.org", "SITE_URL": "https://b.org/learn/"},
            "https://b.org/learn",
        ),
    ],
)
def test_links_in_letters_lead_to_the_site(environment, expected):
    show = "from django.conf import settings; print(settings.SITE_URL)"

    assert manage("shell", "-v", "0", "-c", show, **environment).stdout.strip() == expected


@pytest.mark.parametrize(
    ("environment", "own"),
    [
        ({}, "ollama:llama3.1:8b k-own http://gpu:11434"),
        ({"LLM_PROVIDER": "openai"}, "openai:big k http://127.0.0.1:1/v1"),
        ({"LLM_PROVIDER": "openai", "LLM_MODEL": "huge"}, "openai:huge k http://127.0.0.1:1/v1"),
    ],
)
def test_the_first_model_on_offer_is_the_sites_own(environment, own):
    given = {
        "LLM_MODELS": "ollama:llama3.1:8b, openai:big+small",
        "OLLAMA_API_KEY": "k-own",
        "OLLAMA_BASE_URL": "http://gpu:11434",
        "OPENAI_API_KEY": "k",
        "OPENAI_BASE_URL": "http://127.0.0.1:1/v1",
        "LLM_PROVIDER": "",
    }
    show = (
        "from core.llm.offer import connection_of, default_model;"
        "own = default_model(); print(own.name, *connection_of(own.provider))"
    )

    done = manage("shell", "-v", "0", "-c", show, **{**given, **environment})

    assert done.stdout.strip() == own


@pytest.mark.parametrize(
    ("environment", "provider"),
    [
        ({}, "demo"),
        ({"LLM_API_KEY": "k"}, "openai"),
        ({"OPENAI_API_KEY": "k"}, "openai"),
        ({"LLM_BASE_URL": "http://127.0.0.1:1/v1"}, "openai"),
        ({"LLM_PROVIDER": "ollama"}, "ollama"),
        ({"LLM_PROVIDER": "demo", "LLM_API_KEY": "k"}, "demo"),
    ],
)
def test_the_provider_follows_from_what_is_set(environment, provider):
    show = "from django.conf import settings; print(settings.LLM_PROVIDER)"

    done = manage("shell", "-v", "0", "-c", show, **{"LLM_PROVIDER": "", **environment})

    assert done.stdout.strip() == provider


LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-bench.txt"]


@pytest.mark.parametrize("name", LOCKS)
def test_pins_have_hashes_and_name_no_host(name):
    text = (ROOT / name).read_text()

    assert "--hash=sha256:" in text
    assert "://" not in text
    assert set(re.findall(r"--[a-z][a-z-]*", text)) == {"--hash"}, "no option says where to look"


def test_a_celery_worker_says_in_a_line_what_it_needs():
    done = subprocess.run(
        [sys.executable, "-m", "celery", "-A", "config", "worker"],
        cwd=ROOT,
        env={**os.environ, "TASKQUEUE_ENGINE": "background"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert done.stderr == "techtree: TASKQUEUE_ENGINE must be celery for a Celery worker.\n"
