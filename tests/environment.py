"""The environment tests run in; loaded as a pytest plugin, so before Django's settings are read."""

import os

os.environ.update(
    {
        "DEBUG": "true",
        "SECRET_KEY": "for-tests-only-" + "x" * 50,
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", "sqlite:///var/test.sqlite3"),
        "EMAIL_URL": "memorymail://",
        "LLM_PROVIDER": "demo",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }
)
UNSET = (
    "LLM_API_KEY",
    "LLM_BASE_URL",
    "LLM_MODEL",
    "LLM_FAST_MODEL",
    "LLM_MODELS",
    "LLM_PRICES",
    "SITE_URL",
    "PORT",
    "TASKQUEUE_ENGINE",
    "CELERY_BROKER_URL",
)
OWN = [
    f"{name}_{what}"
    for name in ("OPENAI", "ANTHROPIC", "OLLAMA")
    for what in ("API_KEY", "BASE_URL")
]
for name in (*UNSET, *OWN):
    os.environ.pop(name, None)

# Each process of the tests has a database of Redis to itself: workers of one must not answer the rings of another.
if url := os.environ.get("TEST_REDIS_URL"):
    number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    os.environ.update({"TASKQUEUE_ENGINE": "celery", "CELERY_BROKER_URL": f"{url}/{number}"})
