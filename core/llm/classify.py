"""What a provider's failure means. Client libraries disagree on types, so status codes decide where there is one."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from core.errors import TaskError
from core.llm import errors

CLIENT_LIBRARIES = {
    "anthropic",
    "httpcore2",
    "httpx2",
    "langchain_anthropic",
    "langchain_core",
    "langchain_openai",
    "openai",
}
LONGEST_RETRY_AFTER = 3600.0
STATUS_OF = {
    "rate_limit_exceeded": 429,
    "rate_limit_error": 429,
    "insufficient_quota": 429,
    "overloaded_error": 529,
    "authentication_error": 401,
    "invalid_api_key": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "model_not_found": 404,
    "request_too_large": 413,
    "context_length_exceeded": 413,
    "content_filter": 400,
    "invalid_request_error": 400,
}
TOO_LONG = (
    "context_length",
    "context length",
    "context size",
    "maximum context",
    "prompt is too long",
    "too many tokens",
)
GARBLED = (
    json.JSONDecodeError,
    ValueError,
    TypeError,
    IndexError,
    KeyError,
    AttributeError,
    AssertionError,
)


def classify(error: BaseException) -> BaseException:
    """Return the TaskError that `error`, raised by a call, stands for.

    An interruption of ours that a client library wrapped comes out again. An error that did not arise in a client
    library is a bug of ours and is returned as it is.
    """
    for cause in _chain(error):
        if isinstance(cause, TaskError) or not _is_from_library(cause):
            return cause
    status = _status(error)
    return _by_name(error) if status is None else _by_status(status, error)


def retry_after(headers: Any) -> float | None:
    """Return the seconds of a Retry-After header, given as seconds or as an HTTP date (RFC 9110, 10.2.3).

    Nonsense is None; a time in the past is 0; no more than an hour is believed.
    """
    value = str(headers.get("retry-after", "") if headers is not None else "").strip()
    try:
        seconds = float(value)
    except ValueError:
        seconds = _seconds_until(value)
    if seconds != seconds:  # NaN, the only number unequal to itself
        return None
    return min(LONGEST_RETRY_AFTER, max(0.0, seconds))


def _seconds_until(http_date: str) -> float:
    try:
        moment = parsedate_to_datetime(http_date)
    except ValueError:
        return float("nan")
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, what caused it, what caused that, and so on."""
    yield error
    if error.__cause__ is not None:
        yield from _chain(error.__cause__)


def _is_from_library(error: BaseException) -> bool:
    """Whether an error was made by a client library, or raised by Python in the middle of one."""
    if type(error).__module__.partition(".")[0] in CLIENT_LIBRARIES:
        return True
    traceback = error.__traceback__
    if isinstance(error, OSError) or traceback is None:
        return isinstance(error, OSError)
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    module = str(traceback.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
    return isinstance(error, GARBLED) and module in CLIENT_LIBRARIES | {"json", "pydantic"}


def _status(error: BaseException) -> int | None:
    """Return the HTTP status of a failure; None when the connection or its content failed.

    An error event in the middle of a stream comes under a status of 200, or none at all: there its code counts, which
    is a number with some servers and a word with others.
    """
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and status >= 400:
        return status
    if status is None and type(error).__name__ != "APIError":
        return None
    for word in _codes(getattr(error, "body", None)):
        if word.isdecimal() and 400 <= int(word) < 600:
            return int(word)
        if word in STATUS_OF:
            return STATUS_OF[word]
    return 500


def _codes(body: Any) -> list[str]:
    """Return what an error's JSON calls it: OpenAI's client unpacks `error`, Anthropic's does not."""
    inner = body.get("error", body) if isinstance(body, dict) else {}
    return [str(inner.get(key)) for key in ("code", "type")] if isinstance(inner, dict) else []


def _by_status(status: int, error: BaseException) -> TaskError:
    text = f"{error} {getattr(error, 'body', '')}".lower()
    if status == 402 or (status == 429 and "insufficient_quota" in text):
        return errors.QuotaExhausted()
    if status == 429:
        return errors.RateLimited(retry_after=_asked_to_wait(error))
    if status in (401, 403):
        return errors.BadKey()
    if status == 404:
        return errors.ModelNotFound()
    if status in (408, 409, 425) or status >= 500:
        return errors.ProviderUnavailable(retry_after=_asked_to_wait(error))
    if status == 413 or any(words in text for words in TOO_LONG):
        return errors.ContextTooLong()
    if "content_filter" in text or "content_policy" in text:
        return errors.Refused()
    if (
        "json_validate_failed" in text
    ):  # the server checked the model's answer against the schema itself
        return errors.InvalidOutput()
    return errors.BadRequest()


def _asked_to_wait(error: BaseException) -> float | None:
    return retry_after(getattr(getattr(error, "response", None), "headers", None))


def _by_name(error: BaseException) -> TaskError:
    """Classify what has no status: the connection failed, or what came was garbled."""
    name = type(error).__name__
    causes = {type(cause).__name__ for cause in _chain(error)}
    if "ConnectError" in causes:
        return errors.ProviderUnavailable()
    if "Timeout" in name:
        return errors.ModelTimeout()
    if "LengthFinishReason" in name:
        return errors.TruncatedOutput()
    if "Refusal" in name or "ContentFilter" in name:
        return errors.Refused()
    if "Connection" in name or name in {"RemoteProtocolError", "ReadError", "IncompleteRead"}:
        return errors.CutStream()
    return errors.InvalidOutput()
