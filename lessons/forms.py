"""What a learner may send to the tutor, checked before anything is stored."""

import uuid
from collections.abc import Mapping
from typing import Any

from core.api import ApiError
from core.constants import MESSAGE_MAX_LENGTH
from core.models.conversation import MessageType
from lessons.conversation import Said

SUBMISSION_TYPES = (MessageType.CHAT, MessageType.ANSWER, MessageType.ASSESSMENT)


def read_message(fields: Mapping[str, Any]) -> Said:
    """Return a message that may be stored; ApiError 400 names the field that is wrong."""
    return Said(
        message=_text(fields.get("message")),
        submission_type=_kind(fields.get("submission_type", MessageType.CHAT)),
        exercise_id=_uuid("exercise_id", fields.get("exercise_id")),
        request_id=_uuid("request_id", fields.get("request_id")),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ApiError(400, "invalid_input", "message: Write something first.")
    if len(value) > MESSAGE_MAX_LENGTH:
        raise ApiError(
            400, "invalid_input", f"message: Use at most {MESSAGE_MAX_LENGTH} characters."
        )
    if not is_storable(value):
        raise ApiError(400, "invalid_input", "message: It holds a character that no text has.")
    return value.strip()


def is_storable(text: str) -> bool:
    """Whether every database keeps a text as it is: no null characters and no halves of surrogate pairs."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _kind(value: Any) -> MessageType:
    if value not in SUBMISSION_TYPES:
        raise ApiError(
            400, "invalid_input", f"submission_type: Use one of {', '.join(SUBMISSION_TYPES)}."
        )
    return MessageType(value)


def _uuid(name: str, value: Any) -> uuid.UUID | None:
    if value in (None, ""):
        return None
    try:
        return uuid.UUID(str(value))
    except ValueError:
        raise ApiError(400, "invalid_input", f"{name}: This is no id.") from None
