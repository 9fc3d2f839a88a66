"""Signing up, and the page of one's own account. Logging in and passwords are Django's views."""

from typing import cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordChangeView, PasswordResetView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.accounts.forms import PreferencesForm, SignupForm
from core.accounts.throttle import at_most
from core.redirects import local_address

SIGNUPS_PER_HOUR = 60  # a whole class signs up from one address
RESETS_PER_HOUR = 10
CHANGES_PER_HOUR = 20


@at_most(SIGNUPS_PER_HOUR, "signup")
def signup(request: HttpRequest) -> HttpResponse:
    """Make an account, sign in, and lead on to `next`, or to a course on the `topic` asked for on the first page."""
    onward = onward_address(request)
    if request.user.is_authenticated:
        return redirect(onward or "home")
    form = SignupForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        login(request, form.save(), backend=settings.AUTHENTICATION_BACKENDS[-1])
        return redirect(onward or "home")
    context = {"form": form, "next": onward, "topic": request.GET.get("topic", "")}
    return render(request, "registration/signup.html", context)


def onward_address(request: HttpRequest) -> str:
    """Return where a new learner wanted to go, "" when nowhere in particular."""
    if address := local_address(request, request.POST.get("next") or request.GET.get("next")):
        return address
    if topic := request.GET.get("topic", "").strip():
        return f"{reverse('syllabus:generate')}?{urlencode({'topic': topic})}"
    return ""


@at_most(CHANGES_PER_HOUR, "preferences")
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Show what is known about the learner and what they want to be told, and take down what they change of that."""
    onward = local_address(request, request.POST.get("next"))
    form = PreferencesForm(
        cast(User, request.user), request.POST if request.method == "POST" else None
    )
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect(onward or "account")
    context = {"preferences": form, "next": onward}
    status = 400 if form.is_bound else 200
    return render(request, "accounts/account.html", context, status=status)


change_password = at_most(CHANGES_PER_HOUR, "password_change")(PasswordChangeView.as_view())
reset_password = at_most(RESETS_PER_HOUR, "password_reset")(PasswordResetView.as_view())
