"""A chat model that needs no key and no network: it works its answers out from the facts behind the prompt."""

import json
import re
from collections.abc import Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

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
        message = AIMessage(_answer(run_manager), response_metadata={"finish_reason": "stop"})
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for word in WORD.findall(_answer(run_manager)):
            yield ChatGenerationChunk(message=AIMessageChunk(word))
        end = AIMessageChunk("", response_metadata={"finish_reason": "stop"})
        yield ChatGenerationChunk(message=end)


def _answer(run: CallbackManagerForLLMRun | None) -> str:
    asked = (run and run.metadata) or {}
    answer = ANSWERS[asked["prompt"]](asked["inputs"])
    return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
