"""The shape of every JSON endpoint: how it is entered, and how it says no."""

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string

from core.outage import in_a_line, is_outage

P = ParamSpec("P")
View = Callable[..., HttpResponseBase]

logger = logging.getLogger(__name__)

LOOK_AGAIN = 10  # seconds


class ApiError(Exception):
    """A refusal that becomes `{"status": "error", "code", "message"}` with an HTTP status."""

    def __init__(
        self, status: int, code: str, message: str, *, retry_after: int | None = None
    ) -> None:
        """`retry_after` is in seconds and becomes the header of that name."""
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.retry_after = retry_after

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the refusal as JSON for a script, as a page for a person."""
        if wants_json(request):
            body = {"status": "error", "code": self.code, "message": self.message}
            response: HttpResponse = JsonResponse(body, status=self.status)
        else:
            response = self.page(request)
        if self.retry_after is not None:
            response["Retry-After"] = str(self.retry_after)
        return response

    def page(self, request: HttpRequest) -> HttpResponse:
        """Return the refusal as a page."""
        context = {"code": self.code, "message": self.message}
        return render(request, "errors/refused.html", context, status=self.status)


class Unavailable(ApiError):
    """The database is away. The page for it needs nothing of the site, and looks again by itself."""

    def __init__(self) -> None:
        message = "The server is busy. What you had sent before is kept; try again in a moment."
        super().__init__(503, "unavailable", message, retry_after=LOOK_AGAIN)

    def page(self, request: HttpRequest) -> HttpResponse:
        asked = {"url": request.get_full_path(), "is_form": request.method == "POST"}
        text = render_to_string("errors/unavailable.html", {**asked, "seconds": LOOK_AGAIN})
        return HttpResponse(text, status=self.status)


def json_endpoint(*methods: str) -> Callable[[View], View]:
    """Admit only `methods` from a signed-in user, and turn refusals into the contract's JSON."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                admit(request, methods)
                return view(request, *args, **kwargs)
            except ApiError as error:
                response = error.answer(request)
                if error.status == 405:
                    response["Allow"] = ", ".join(methods)
                return response

        guarded.is_json_endpoint = True  # type: ignore[attr-defined]
        return guarded

    return decorate


def admit(request: HttpRequest, methods: tuple[str, ...]) -> None:
    """Raise ApiError 405 for another method and 401 for a visitor."""
    if request.method not in methods:
        raise ApiError(405, "method_not_allowed", f"Use {' or '.join(methods)} here.")
    if not request.user.is_authenticated:
        raise ApiError(401, "not_signed_in", "You are signed out. Sign in and try again.")


def json_body(request: HttpRequest) -> dict[str, Any]:
    """Return the body as a JSON object; ApiError 400, 413 or 415 says why it is none."""
    if request.content_type not in ("application/json", ""):
        raise ApiError(415, "unsupported_media_type", "Send JSON (application/json).")
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise ApiError(400, "invalid_json", "The request is not valid JSON.") from None
    if not isinstance(body, dict):
        raise ApiError(400, "invalid_json", "Send a JSON object.")
    return body


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks: never when HTML is accepted by name, as browsers do when a page is opened."""
    accepted = request.headers.get("Accept", "")
    if "text/html" in accepted:
        return False
    view = request.resolver_match.func if request.resolver_match else None
    return (
        getattr(view, "is_json_endpoint", False)
        or request.path.startswith("/api/")
        or "application/json" in accepted
        or request.content_type == "application/json"
    )


class JsonErrorMiddleware:
    """Turns what Django would answer with its own pages into the refusals of this module."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: Any) -> HttpResponse | None:
        """Refuse by its length what nobody should read, before anything tries to."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        length = request.META.get("CONTENT_LENGTH") or "0"
        if limit is None or not length.isdigit() or int(length) <= limit:
            return None
        return ApiError(413, "too_large", "That is too long to send.").answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        refusal = as_refusal(error)
        if isinstance(refusal, Unavailable):
            logger.warning("The database is away: %s", in_a_line(error))
        elif refusal is None or (not wants_json(request) and refusal is not error):
            return None
        return refusal.answer(request)


def as_refusal(error: Exception) -> ApiError | None:
    """Return what an exception means to a client; None for a bug."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, Http404):
        return ApiError(404, "not_found", "There is nothing here.")
    if isinstance(error, PermissionDenied):
        return ApiError(403, "forbidden", "You may not do this.")
    return Unavailable() if is_outage(error) else None


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a missing or stale CSRF token."""
    message = "The page is out of date. Reload it and try again."
    return ApiError(403, "csrf_failed", message).answer(request)
