"""The shape of every JSON endpoint: how it is entered, and how it says no."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.csrf import csrf_failure as html_csrf_failure

P = ParamSpec("P")
View = Callable[..., HttpResponseBase]


class ApiError(Exception):
    """A refusal that becomes `{"status": "error", "code", "message"}` with an HTTP status."""

    def __init__(
        self, status: int, code: str, message: str, *, retry_after: int | None = None
    ) -> None:
        """`retry_after` is in seconds and becomes the header of that name."""
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.retry_after = retry_after

    def response(self) -> JsonResponse:
        body = {"status": "error", "code": self.code, "message": self.message}
        response = JsonResponse(body, status=self.status)
        if self.retry_after is not None:
            response["Retry-After"] = str(self.retry_after)
        return response


def json_endpoint(*methods: str) -> Callable[[View], View]:
    """Admit only `methods` from a signed-in user, and turn refusals into the contract's JSON."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.json_endpoint = True  # type: ignore[attr-defined]
            try:
                admit(request, methods)
                return view(request, *args, **kwargs)
            except ApiError as error:
                response: HttpResponse = error.response()
                if error.status == 405:
                    response["Allow"] = ", ".join(methods)
                return response

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
    if request.content_type != "application/json":
        raise ApiError(415, "unsupported_media_type", "Send JSON (application/json).")
    try:
        body = json.loads(request.body)
    except RequestDataTooBig:
        raise ApiError(413, "too_large", "That is too long to send.") from None
    except (ValueError, RecursionError):
        raise ApiError(400, "invalid_json", "The request is not valid JSON.") from None
    if not isinstance(body, dict):
        raise ApiError(400, "invalid_json", "Send a JSON object.")
    return body


def wants_json(request: HttpRequest) -> bool:
    """Whether this request came from a script and not from a page being opened."""
    accepted = request.headers.get("Accept", "")
    return (
        getattr(request, "json_endpoint", False)
        or request.path.startswith("/api/")
        or request.content_type == "application/json"
        or ("application/json" in accepted and "text/html" not in accepted)
    )


class JsonErrorMiddleware:
    """Answers scripts in JSON where Django would answer with a page: not found, forbidden, too large."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self.get_response(request)
        except RequestDataTooBig:
            return ApiError(413, "too_large", "That is too long to send.").response()

    def process_exception(self, request: HttpRequest, error: Exception) -> JsonResponse | None:
        if isinstance(error, RequestDataTooBig):
            return ApiError(413, "too_large", "That is too long to send.").response()
        if not wants_json(request):
            return None
        if isinstance(error, Http404):
            return ApiError(404, "not_found", "There is nothing here.").response()
        if isinstance(error, PermissionDenied):
            return ApiError(403, "forbidden", "You may not do this.").response()
        return None


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a missing or stale CSRF token, in JSON for scripts."""
    if wants_json(request):
        message = "The page is out of date. Reload it and try again."
        return ApiError(403, "csrf_failed", message).response()
    return html_csrf_failure(request, reason=reason)
