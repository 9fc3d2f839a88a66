"""What every process of a performance is told of its surroundings."""

import os

import django

from chaos.places import Place
from tests.stubs.openai_server import Stub

LEASE = 5
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DEBUG": "true",
    "MAX_ATTEMPTS": "1000",  # nobody here ends as poison
    "TASK_LEASE_SECONDS": str(LEASE),
    "TASK_RETRY_BASE_SECONDS": "0",
    "LLM_PROVIDER": "openai",
    "LLM_API_KEY": "scripted",
    "LLM_TIMEOUT": "30",
    "LOG_LEVEL": "INFO",
}


def point_to(place: Place) -> None:
    """Let this process, and those it starts, know this database and no other, whatever is in a `.env` file."""
    os.environ.update(ENVIRONMENT, DATABASE_URL=place.url)
    django.setup()


def tell_of_model(stub: Stub) -> None:
    """Name the model's server to the processes that start from now on."""
    os.environ["LLM_BASE_URL"] = stub.address
