"""LangChain's OpenAI model, with the one thing its streaming loses."""

from typing import Any

from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI


class RefusalAwareChatOpenAI(ChatOpenAI):
    """Keeps a streamed refusal in `additional_kwargs["refusal"]`, where the unstreamed one is.

    Without this a refusal looks like an empty answer, which is worth another try, while a refusal is not.
    """

    def _convert_chunk_to_generation_chunk(
        self, chunk: dict[str, Any], *args: Any, **kwargs: Any
    ) -> ChatGenerationChunk | None:
        converted = super()._convert_chunk_to_generation_chunk(chunk, *args, **kwargs)
        choices = chunk.get("choices") or chunk.get("chunk", {}).get("choices") or [{}]
        refusal = (choices[0].get("delta") or {}).get("refusal")
        if converted is not None and refusal:
            converted.message.additional_kwargs["refusal"] = refusal
        return converted
