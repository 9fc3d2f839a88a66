"""A chat model that needs no key and no network: it works its answers out from the facts behind the prompt."""

import json
import re
from collections.abc import Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import RunnableConfig

from core.llm.demo.answers import ANSWERS

WORD = re.compile(r"\s*\S+\s*")


class DemoChatModel(BaseChatModel):
    """Answers every prompt of the product in the right shape, the same every time.

    It reads no message: the run's metadata names the `prompt` and carries the `inputs` it was made from. KeyError
    when there is no answer to a prompt of that name.
    """

    @property
    def _llm_type(self) -> str:
        return "techtree-demo"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        text = _answer(run_manager.metadata if run_manager else {})
        message = AIMessage(content=text, response_metadata={"finish_reason": "stop"})
        return ChatResult(generations=[ChatGeneration(message=message)])

    def stream(
        self,
        input: LanguageModelInput,
        config: RunnableConfig | None = None,
        *,
        stop: list[str] | None = None,
        **kwargs: Any,
    ) -> Iterator[AIMessageChunk]:
        """Stream the answer word by word. LangChain gives `_stream` no run manager, so the metadata goes by name."""
        asked = (config or {}).get("metadata") or {}
        yield from super().stream(input, config, stop=stop, asked=asked, **kwargs)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for word in WORD.findall(_answer(kwargs["asked"])):
            yield ChatGenerationChunk(message=AIMessageChunk(content=word))
        end = AIMessageChunk(content="", response_metadata={"finish_reason": "stop"})
        yield ChatGenerationChunk(message=end)


def _answer(asked: dict[str, Any]) -> str:
    answer = ANSWERS[asked["prompt"]](asked["inputs"])
    return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
