"""A server that speaks Anthropic's Messages API over real HTTP, streaming, as far as the door needs it."""

import json
from collections.abc import Iterator
from typing import Any

from tests.stubs.openai_server import Handler, Reply, Stub


class AnthropicHandler(Handler):
    def stream_events(self, reply: Reply, body: dict[str, Any]) -> Iterator[bytes]:
        for event in _events(reply):
            yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


class AnthropicStub(Stub):
    """`address` is what LLM_BASE_URL takes for this provider."""

    handler = AnthropicHandler

    @property
    def address(self) -> str:
        return self.origin


def _events(reply: Reply) -> Iterator[dict[str, Any]]:
    message = {
        "id": "stub", "type": "message", "role": "assistant", "model": "stub", "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 11, "output_tokens": 1},
    }  # fmt: skip
    yield {"type": "message_start", "message": message}
    block = {"type": "text", "text": ""}
    yield {"type": "content_block_start", "index": 0, "content_block": block}
    for start in range(0, len(reply.text), 4):
        delta = {"type": "text_delta", "text": reply.text[start : start + 4]}
        yield {"type": "content_block_delta", "index": 0, "delta": delta}
    if reply.stream_error is not None:
        yield {"type": "error", "error": reply.stream_error}
        return
    yield {"type": "content_block_stop", "index": 0}
    ending = {"stop_reason": reply.finish_reason, "stop_sequence": None}
    yield {
        "type": "message_delta",
        "delta": ending,
        "usage": {"input_tokens": 11, "output_tokens": len(reply.text) // 4},
    }
    yield {"type": "message_stop"}
