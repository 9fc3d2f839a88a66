"""The chat model behind a role, as the work at hand was given it. LangChain is imported on first use only."""

import os
import threading
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

from core.llm.errors import ProviderMissing
from core.llm.offer import Model, Role, connection_of, model_named
from core.llm.scope import current_scope

if TYPE_CHECKING:
    import httpx2
    from langchain_core.language_models import BaseChatModel

OLLAMA_ADDRESS = "http://127.0.0.1:11434"
ANTHROPIC_MAX_TOKENS = 8192

_making = threading.Lock()
_clients: "list[httpx2.Client]" = []


def chosen_model() -> Model:
    """Return the model that the work at hand was given, or else the site's own."""
    scope = current_scope.get()
    return model_named(scope.model if scope else "")


def chat_model(role: Role, model: Model | None = None) -> "BaseChatModel":
    """Return the LangChain chat model of a role; one client is shared by all threads.

    Raises ProviderMissing when the provider's package is not installed.
    """
    model = model or chosen_model()
    connection = connection_of(model.provider)
    with _making:
        return _make(model.provider, model.of(role), *connection, settings.LLM_TIMEOUT)


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
    """Speak to Ollama through its OpenAI-compatible endpoint, which an address need not name."""
    origin = (address or OLLAMA_ADDRESS).rstrip("/").removesuffix("/v1")
    return _openai(model, key, f"{origin}/v1", timeout)


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
