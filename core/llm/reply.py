"""What a model's message is worth."""

from typing import TYPE_CHECKING

from core.llm import errors
from core.llm.ledger import Reply

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk


def refuse_what_no_database_keeps(text: str) -> None:
    """Raise InvalidOutput for half a surrogate pair or a null character, which a garbling server lets through."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise errors.InvalidOutput


def as_reply(message: "AIMessageChunk") -> Reply:
    """Return a message's text and usage, which is paid for whatever the message is worth."""
    usage = message.usage_metadata
    if usage is None:
        return Reply(str(message.text))
    return Reply(str(message.text), usage["input_tokens"], usage["output_tokens"])


def refuse_what_is_no_answer(message: "AIMessageChunk") -> None:
    """Raise the TaskError that says why a message cannot be used: refused, truncated, empty, or cut.

    LangChain adds chunks up, so that a reason which a server repeats reads `lengthlength`.
    """
    ended = message.response_metadata
    reason = str(ended.get("finish_reason") or ended.get("stop_reason") or "")
    if message.additional_kwargs.get("refusal") or reason.startswith(("content_filter", "refusal")):
        raise errors.Refused
    if reason.startswith(("length", "max_tokens", "model_context_window_exceeded")):
        raise errors.TruncatedOutput
    if not message.text.strip():
        raise errors.EmptyAnswer
    if not reason:  # a cut stream without a length looks like the end of one
        raise errors.CutStream
