"""The pages that belong to no course."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static

from core.models import Syllabus
from core.progress import course_rows


def home(request: HttpRequest) -> HttpResponse:
    """Show a learner what to do next, and a visitor what this is."""
    if request.user.is_authenticated:
        return render(request, "home/dashboard.html", dashboard(request.user))
    demo_course = Syllabus.objects.filter(is_public=True).first()
    return render(request, "home/landing.html", {"demo_course": demo_course})


def dashboard(user: Any) -> dict[str, Any]:
    """Return the learner's courses, and the one to go on with."""
    courses = course_rows(user)
    current = next((course for course in courses if course.next_lesson), None)
    return {"courses": courses, "current": current}


def favicon(request: HttpRequest) -> HttpResponse:
    """Lead browsers to the icon from pages that name none, like the admin's."""
    return redirect(static("icons/techtree.svg"))


def connect(request: HttpRequest) -> HttpResponse:
    """Explain how a model is connected."""
    return render(request, "home/connect.html")


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component with its markup, to who builds pages; Http404 unless DEBUG is on."""
    if not settings.DEBUG:
        raise Http404
    icons = [
        "mark",
        "check",
        "clock",
        "alert",
        "arrow",
        "plus",
        "sun",
        "moon",
        "auto",
        "person",
        "list",
    ]
    return render(request, "components/styleguide.html", {"icons": icons})
