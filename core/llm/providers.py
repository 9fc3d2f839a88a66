"""The chat model behind a role, as the settings name it. LangChain is imported on first use only."""

import os
import threading
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings

from core.llm.errors import ProviderMissing

if TYPE_CHECKING:
    import httpx2
    from langchain_core.language_models import BaseChatModel

Role = Literal["fast", "large"]

DEFAULT_MODELS: dict[str, dict[str, str]] = {
    "openai": {"large": "gpt-5.4", "fast": "gpt-5.4-mini"},
    "anthropic": {"large": "claude-sonnet-5-5", "fast": "claude-haiku-5-5"},
    "ollama": {"large": "llama3.1", "fast": "llama3.1"},
    "demo": {"large": "demo", "fast": "demo"},
}
OLLAMA_ADDRESS = "http://127.0.0.1:11434/v1"
ANTHROPIC_MAX_TOKENS = 8192

_making = threading.Lock()
_clients: "list[httpx2.Client]" = []


def model_name(role: Role) -> str:
    """Return the model's name for a role; the fast role falls back to LLM_MODEL, then to the provider's default."""
    if settings.LLM_PROVIDER == "demo":
        return "demo"
    named: str = settings.LLM_MODEL
    if role == "fast" and settings.LLM_FAST_MODEL:
        named = settings.LLM_FAST_MODEL
    return named or DEFAULT_MODELS[settings.LLM_PROVIDER][role]


def chat_model(role: Role) -> "BaseChatModel":
    """Return the LangChain chat model of a role; one client is shared by all threads.

    Raises ProviderMissing when the provider's package is not installed.
    """
    with _making:
        return _make(
            settings.LLM_PROVIDER,
            model_name(role),
            settings.LLM_API_KEY,
            settings.LLM_BASE_URL,
            settings.LLM_TIMEOUT,
        )


def close_clients() -> None:
    """Close the connections to all providers; models are made anew when they are next asked for."""
    with _making:
        _make.cache_clear()
        while _clients:
            _clients.pop().close()


@cache
def _make(provider: str, model: str, key: str, address: str, timeout: int) -> "BaseChatModel":
    # LangSmith would send prompts to a third party if its variables happen to be set.
    os.environ["LANGSMITH_TRACING"] = os.environ["LANGCHAIN_TRACING_V2"] = "false"
    return MAKERS[provider](model, key, address, timeout)


def _openai(model: str, key: str, address: str, timeout: int) -> "BaseChatModel":
    from core.llm.openai_chat import RefusalAwareChatOpenAI

    options: dict[str, Any] = {"base_url": address} if address else {}
    return RefusalAwareChatOpenAI(
        model=model,
        api_key=key or "not-needed",  # type: ignore[arg-type]
        timeout=timeout,
        max_retries=0,
        streaming=True,
        stream_usage=True,
        use_responses_api=False,
        http_client=_client(timeout),
        **options,
    )


def _ollama(model: str, key: str, address: str, timeout: int) -> "BaseChatModel":
    """Speak to Ollama through its OpenAI-compatible endpoint."""
    return _openai(model, key, address or OLLAMA_ADDRESS, timeout)


def _anthropic(model: str, key: str, address: str, timeout: int) -> "BaseChatModel":
    try:
        import anthropic
        from langchain_anthropic import ChatAnthropic
    except ImportError:
        raise ProviderMissing(
            "Anthropic's client is not installed. Whoever runs the site has to run: pip install 'techtree[anthropic]'"
        ) from None

    options: dict[str, Any] = {"base_url": address} if address else {}
    chat = ChatAnthropic(
        model_name=model,
        api_key=key,  # type: ignore[arg-type]
        timeout=timeout,
        max_retries=0,
        max_tokens_to_sample=ANTHROPIC_MAX_TOKENS,
        stop=None,
        stream_usage=True,
        **options,
    )
    # ChatAnthropic takes no http_client; its client is a cached property, filled here with one that has ours.
    chat.__dict__["_client"] = anthropic.Client(
        api_key=key, max_retries=0, timeout=timeout, http_client=_client(timeout), **options
    )
    return chat


def _client(timeout: int) -> "httpx2.Client":
    from core.llm.transport import http_client

    client = http_client(timeout)
    _clients.append(client)
    return client


def _demo(model: str, key: str, address: str, timeout: int) -> "BaseChatModel":
    from core.llm.demo.model import DemoChatModel

    return DemoChatModel()


MAKERS: dict[str, Callable[[str, str, str, int], "BaseChatModel"]] = {
    "openai": _openai,
    "anthropic": _anthropic,
    "ollama": _ollama,
    "demo": _demo,
}
