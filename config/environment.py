"""What the environment may say, read and checked in one place; `settings.py` only arranges it."""

import secrets
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from core.llm.offer import PROVIDERS, Model

MOST = 1_000_000  # of any currency, for a million tokens
ENGINES = ("background", "celery")
BROKERS = ("redis", "rediss", "amqp", "amqps")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class Environment(environ.Env):  # type: ignore[misc]
    """django-environ with bounds: a wrong value names its variable and says what would be right."""

    def whole(self, name: str, default: int, *, minimum: int = 0) -> int:
        """Return the variable as an integer of at least `minimum`."""
        try:
            value = int(self.str(name, default=str(default)))
        except ValueError:
            value = minimum - 1
        if value < minimum:
            raise ImproperlyConfigured(f"{name} must be a whole number of at least {minimum}.")
        return value

    def flag(self, name: str, default: bool) -> bool:
        """Return the variable as a boolean; anything but the usual words is an error."""
        value = self.str(name, default=str(default)).strip().lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off", ""}:
            return False
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")

    def database(self, default: str) -> dict[str, object]:
        """Return Django's DATABASES entry for DATABASE_URL; only SQLite and PostgreSQL are supported."""
        url = self.str("DATABASE_URL", default=default)
        if not url.startswith(("sqlite://", "postgres://", "postgresql://")):
            raise ImproperlyConfigured(
                "DATABASE_URL must start with sqlite:// or postgres://, for example "
                "postgres://user:password@host/techtree."
            )
        try:
            database = dict(self.db_url_config(url))
        except ValueError as problem:
            raise ImproperlyConfigured(f"DATABASE_URL must be a URL; {problem}.") from None
        folder = Path(str(database["NAME"])).parent
        if url.startswith("sqlite://") and not folder.is_dir():
            raise ImproperlyConfigured(
                f"DATABASE_URL must name a file in a folder that exists, and {folder} does not."
            )
        return database

    def email(self, default: str) -> dict[str, Any]:
        """Return Django's e-mail settings for EMAIL_URL."""
        try:
            return dict(self.email_url("EMAIL_URL", default=default))
        except (ImproperlyConfigured, ValueError):
            raise ImproperlyConfigured(
                "EMAIL_URL must be like smtp+tls://user:password@host:587 or consolemail://."
            ) from None

    def origins(self, name: str) -> list[str]:
        """Return the variable as a list of web origins."""
        origins = [str(origin) for origin in self.list(name, default=[])]
        if not all(map(is_web_address, origins)):
            raise ImproperlyConfigured(f"{name} must be a list like https://learn.example.org.")
        return origins

    def address(self, name: str) -> str:
        """Return the variable as the address of a server, "" when there is none."""
        address = str(self.str(name, default=""))
        if address and not is_web_address(address):
            raise ImproperlyConfigured(f"{name} must be an address like http://localhost:8000/v1.")
        return address

    def engine(self) -> tuple[str, str]:
        """Return what runs the queue, and the address of Celery's broker, "" where there is no Celery."""
        engine = str(self.str("TASKQUEUE_ENGINE", default="") or ENGINES[0])
        if engine not in ENGINES:
            raise ImproperlyConfigured(f"TASKQUEUE_ENGINE must be one of {', '.join(ENGINES)}.")
        if engine != "celery":
            return engine, ""
        broker = str(self.str("CELERY_BROKER_URL", default=""))
        if not is_broker_address(broker):
            raise ImproperlyConfigured(
                "CELERY_BROKER_URL must be an address like redis://localhost:6379/0 or amqp://user:password@host."
            )
        if find_spec("celery") is None:
            raise ImproperlyConfigured(
                "TASKQUEUE_ENGINE must not be celery without its package: pip install 'celery[redis]>=5.5'."
            )
        return engine, broker

    def log_level(self, name: str) -> str:
        """Return the variable as the name of a level."""
        level = str(self.str(name, default="INFO")).upper()
        if level not in LOG_LEVELS:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(LOG_LEVELS)}.")
        return level

    def site_url(self, origins: Sequence[str]) -> str:
        """Return where the site is reached, for links in e-mails: SITE_URL, the first of `origins`, or this machine."""
        named = [origin for origin in origins if "*" not in origin]
        here = f"http://127.0.0.1:{self.str('PORT', default='8000')}"
        address = str(self.str("SITE_URL", default="") or (named[0] if named else here))
        if not is_web_address(address):
            raise ImproperlyConfigured(
                "SITE_URL must be an address like https://learn.example.org."
            )
        return address.rstrip("/")

    def models(self) -> tuple[Model, ...]:
        """Return the models of LLM_MODELS, in its order; none of them is named twice."""
        entries = [entry for entry in self.list("LLM_MODELS", default=[]) if entry.strip()]
        try:
            models = tuple(map(Model.read, entries))
        except ValueError as problem:
            raise ImproperlyConfigured(
                "LLM_MODELS must be a list like openai:gpt-5.4,anthropic:claude-sonnet-5-5,ollama:llama3.1; "
                f"{str(problem)!r} is no model."
            ) from None
        if "demo" in {model.provider for model in models}:
            raise ImproperlyConfigured("LLM_MODELS must name real models, without demo.")
        if len({model.name for model in models}) < len(models):
            raise ImproperlyConfigured("LLM_MODELS must name each model once.")
        return models

    def prices(self) -> dict[str, tuple[Decimal, Decimal]]:
        """Return LLM_PRICES: for `provider:model` the price of a million tokens read, and of a million written."""
        entries = [entry for entry in self.list("LLM_PRICES", default=[]) if entry.strip()]
        return dict(map(_price, entries))

    def provider(self, models: tuple[Model, ...] = ()) -> str:
        """Return the model provider: as named, else that of the first of `models`, else `openai` or `demo`.

        It is `openai` when a key or an address is set.
        """
        configured = self.str("LLM_API_KEY", default="") or self.str("OPENAI_API_KEY", default="")
        address = self.address("LLM_BASE_URL")
        provider = self.str("LLM_PROVIDER", default="") or (
            models[0].provider if models else "openai" if configured or address else "demo"
        )
        if provider not in PROVIDERS:
            raise ImproperlyConfigured(f"LLM_PROVIDER must be one of {', '.join(PROVIDERS)}.")
        return provider

    def connections(self) -> dict[str, tuple[str, str]]:
        """Return each provider's own key and address, "" where there is none."""
        return {
            provider: (
                self.str(f"{provider.upper()}_API_KEY", default=""),
                self.address(f"{provider.upper()}_BASE_URL"),
            )
            for provider in PROVIDERS
        }


def is_web_address(text: str) -> bool:
    """Whether a text is an absolute address of the web."""
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def is_broker_address(text: str) -> bool:
    """Whether a text is the address of a Redis or a RabbitMQ."""
    try:
        parts = urlsplit(text)
        return parts.scheme in BROKERS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _price(entry: str) -> tuple[str, tuple[Decimal, Decimal]]:
    model, _, both = entry.strip().rpartition("=")
    try:
        price_in, price_out = map(Decimal, both.split("/"))
        provider, _, name = model.partition(":")
        if (
            provider not in PROVIDERS
            or not name
            or not (0 <= price_in < MOST and 0 <= price_out < MOST)
        ):
            raise ValueError(entry)
    except (ValueError, InvalidOperation):
        raise ImproperlyConfigured(
            "LLM_PRICES must be a list like openai:gpt-5.4=1.25/10, prices of a million tokens in and out; "
            f"{entry!r} is none."
        ) from None
    return model, (price_in, price_out)


def check_connection(provider: str, key: str, address: str) -> None:
    """Raise ImproperlyConfigured when the site's own provider needs a key or an address and has neither."""
    if provider in {"openai", "anthropic"} and not (key or address):
        raise ImproperlyConfigured(f"LLM_API_KEY must be set for LLM_PROVIDER={provider}.")


def check_connections(models: tuple[Model, ...], connections: dict[str, tuple[str, str]]) -> None:
    """Raise ImproperlyConfigured when a provider of one of the `models` has neither key nor address.

    Ollama needs neither: it is looked for on this machine.
    """
    for provider in sorted({model.provider for model in models} - {"ollama"}):
        if not any(connections[provider]):
            raise ImproperlyConfigured(
                f"{provider.upper()}_API_KEY must be set, for LLM_MODELS offers a model of {provider}."
            )


def secret_key(env: Environment, *, debug: bool, keep_in: Path) -> str:
    """Return SECRET_KEY, or in development one that is made once and kept in `keep_in`.

    Raises ImproperlyConfigured when DEBUG is off and the variable is missing.
    """
    if key := env.str("SECRET_KEY", default=""):
        return str(key)
    if not debug:
        raise ImproperlyConfigured("SECRET_KEY must be set when DEBUG is off.")
    kept = keep_in / "secret_key"
    try:
        with kept.open("x", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
        kept.chmod(0o600)
    except FileExistsError:
        pass
    return kept.read_text(encoding="ascii")
