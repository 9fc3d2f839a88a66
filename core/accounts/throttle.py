"""A limit on what one address may do in an hour, where no account exists yet that could be locked."""

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


def at_most(limit: int, name: str, *, method: str = "POST") -> Callable[[View], View]:
    """Refuse with 429 after `limit` requests of an address within the hour that began with its first."""

    def decorate(view: View) -> View:
        @wraps(view)
        def throttled(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == method and count(request, name) > limit:
                return too_many().answer(request)
            return view(request, *args, **kwargs)

        return throttled

    return decorate


def count(request: HttpRequest, name: str) -> int:
    """Count this request and return the number of them in the current hour."""
    key = f"throttle:{name}:{get_client_ip_address(request)}"
    if cache.add(key, 1, HOUR):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # the hour ended between the two
        return 1


def too_many() -> ApiError:
    message = "That was tried too often from your address. Try again in an hour."
    return ApiError(429, "too_many_attempts", message, retry_after=HOUR)
