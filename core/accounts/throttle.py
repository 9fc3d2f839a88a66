"""A limit on what one address may do in an hour, where there is no account that could be locked."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from axes.helpers import get_client_ip_address
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.api import ApiError

HOUR = 60 * 60
View = Callable[..., HttpResponseBase]


def at_most(limit: int, name: str) -> Callable[[View], View]:
    """Refuse a POST with 429 when its address has sent `limit` of them in the current hour of the clock."""

    def decorate(view: View) -> View:
        @wraps(view)
        def throttled(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST" and count(request, name) > limit:
                return too_many().answer(request)
            return view(request, *args, **kwargs)

        return throttled

    return decorate


def count(request: HttpRequest, name: str) -> int:
    """Count this request and return how many there were in this hour, itself included."""
    hour = int(time.time() // HOUR)
    key = f"throttle:{name}:{get_client_ip_address(request)}:{hour}"
    cache.add(key, 0, 2 * HOUR)
    return int(cache.incr(key))


def too_many() -> ApiError:
    """Return the refusal, which says when the next hour begins."""
    wait = HOUR - int(time.time()) % HOUR
    minutes = max(1, round(wait / 60))
    message = (
        f"That was tried too often from your address. Try again in {minutes} "
        f"minute{'' if minutes == 1 else 's'}."
    )
    return ApiError(429, "too_many_attempts", message, retry_after=wait)
