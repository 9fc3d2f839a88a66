"""What somebody meets whose log-in is locked after too many wrong passwords."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.api import ApiError


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Answer 429 and say when the next try is possible."""
    seconds = round(settings.AXES_COOLOFF_TIME * 60 * 60)
    message = (
        f"There were too many wrong passwords. Try again in {seconds // 60} minutes, "
        "or reset your password."
    )
    return ApiError(429, "locked_out", message, retry_after=seconds).answer(request)
