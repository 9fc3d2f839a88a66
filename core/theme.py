"""Light, dark, or as the device has it: a choice of the browser's, kept in a cookie of its own."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from core.redirects import local_address

THEMES: Final = ("auto", "light", "dark")
COOKIE: Final = "theme"
YEAR: Final = 365 * 24 * 60 * 60


def chosen_theme(request: HttpRequest) -> str:
    """Return the theme for this browser; `auto` when none, or none that exists, was chosen."""
    theme = request.COOKIES.get(COOKIE, "auto")
    return theme if theme in THEMES else "auto"


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the choice and lead back to the page it was made on."""
    response = redirect(local_address(request, request.POST.get("next")) or "home")
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            COOKIE,
            theme,
            max_age=YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response
