"""Which models there are to choose between: the site's own, and those that learners may pick for a course."""

from dataclasses import dataclass
from typing import Literal

from django.conf import settings

Role = Literal["fast", "large"]

PROVIDERS = {"openai": "OpenAI", "anthropic": "Anthropic", "ollama": "Ollama", "demo": "Demo"}
DEFAULT_MODELS: dict[str, dict[str, str]] = {
    "openai": {"large": "gpt-5.4", "fast": "gpt-5.4-mini"},
    "anthropic": {"large": "claude-sonnet-5-5", "fast": "claude-haiku-5-5"},
    "ollama": {"large": "llama3.1", "fast": "llama3.1"},
}


@dataclass(frozen=True)
class Model:
    """A provider's model for a course: `large` writes it, `fast` understands what learners mean and marks answers."""

    provider: str
    large: str
    fast: str

    @classmethod
    def read(cls, entry: str) -> "Model":
        """Return what an entry of LLM_MODELS names, `provider:model` or `provider:model+fast model`, else ValueError.

        A model that names no fast one beside it does both.
        """
        provider, _, names = entry.strip().partition(":")
        large, plus, fast = names.partition("+")
        if provider not in PROVIDERS or not large or (plus and not fast):
            raise ValueError(entry)
        return cls(provider, large, fast or large)

    @property
    def name(self) -> str:
        """What rows keep of a choice."""
        return f"{self.provider}:{self.large}"

    def of(self, role: Role) -> str:
        return self.fast if role == "fast" else self.large

    def __str__(self) -> str:
        return f"{self.large} ({PROVIDERS[self.provider]})"


def default_model() -> Model:
    """Return the site's own model; the fast one falls back to LLM_MODEL, then to the provider's default."""
    provider = settings.LLM_PROVIDER
    if provider == "demo":
        return Model("demo", "demo", "demo")
    defaults = DEFAULT_MODELS[provider]
    large = settings.LLM_MODEL or defaults["large"]
    fast = settings.LLM_FAST_MODEL or settings.LLM_MODEL or defaults["fast"]
    return Model(provider, large, fast)


def is_offered(name: str) -> bool:
    """Whether a model may be had now."""
    return name in {model.name for model in (default_model(), *settings.LLM_MODELS)}


def model_named(name: str) -> Model:
    """Return the model that was chosen; the site's own when none was, or when it is no longer offered."""
    own = default_model()
    return next((model for model in (own, *settings.LLM_MODELS) if model.name == name), own)


def choices() -> list[tuple[str, str]]:
    """Return the models a learner may choose between, as a form field takes them."""
    return [(model.name, str(model)) for model in settings.LLM_MODELS]


def connection_of(provider: str) -> tuple[str, str]:
    """Return a provider's key and address, "" where there is none: LLM_API_KEY is shown to LLM_PROVIDER only."""
    if provider == settings.LLM_PROVIDER:
        return settings.LLM_API_KEY, settings.LLM_BASE_URL
    own: tuple[str, str] = settings.LLM_CONNECTIONS[provider]
    return own
