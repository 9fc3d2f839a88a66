"""The pages on which courses are asked for, waited for and read."""

import uuid
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from core.accounts.forms import PreferencesForm
from core.api import ApiError, json_body, json_endpoint, wants_json
from core.llm.offer import is_offered, model_named
from core.models import Syllabus
from core.outline import outline_rows, own_course_row
from core.progress import course_rows
from syllabus.forms import GenerateForm, suggested
from syllabus.presenters import present_syllabus
from syllabus.services import request_syllabus
from taskqueue.access import visible_task
from taskqueue.presenting import accepted, status_body
from taskqueue.types import TaskStatus, TaskType


@require_GET
@login_required
def course_list(request: HttpRequest) -> HttpResponse:
    """Show the learner's courses."""
    return render(request, "syllabus/list.html", {"courses": course_rows(request.user)})


def generate(request: HttpRequest) -> HttpResponseBase:
    """Ask for a course: a form for people, JSON for scripts."""
    answer = _generate_for_script if wants_json(request) else _generate_page
    return answer(request)


@json_endpoint("POST")
def _generate_for_script(request: HttpRequest) -> HttpResponse:
    form = GenerateForm(_wish(request))
    if not form.is_valid():
        raise ApiError(400, "invalid_input", form.first_problem())
    return accepted(request_syllabus(cast(User, request.user), **form.cleaned_data))


def _wish(request: HttpRequest) -> Any:
    """Return what a script sent, as a form or as JSON."""
    if request.content_type != "application/json":
        return request.POST
    wish = json_body(request)
    for field in GenerateForm.base_fields:
        if not isinstance(wish.get(field, ""), str):
            raise ApiError(400, "invalid_input", f"{field}: Send text.")
    return wish


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def _generate_page(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        form = GenerateForm(initial=suggested(request.GET))
        return render(request, "syllabus/generate.html", {"form": form})
    form = GenerateForm(request.POST)
    if not form.is_valid():
        return render(request, "syllabus/generate.html", {"form": form}, status=400)
    task = request_syllabus(cast(User, request.user), **form.cleaned_data)
    return redirect("syllabus:wait_for_generation", task_id=task.pk)


@require_GET
@login_required
def wait_for_generation(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Show how far a course is; lead to it when it is there."""
    task = visible_task(request, task_id)
    if task.task_type != TaskType.SYLLABUS_GENERATION:
        raise Http404
    if task.status == TaskStatus.COMPLETED:
        return redirect(present_syllabus(task)["redirect_url"])
    context = {"task": task, "status": status_body(task)}
    if task.is_active and task.user_id == request.user.pk:
        context["preferences"] = PreferencesForm(cast(User, request.user))
    return render(request, "syllabus/wait.html", context)


@require_GET
def detail(request: HttpRequest, syllabus_id: uuid.UUID) -> HttpResponse:
    """Show a course; to a stranger a private one does not exist."""
    syllabus = get_object_or_404(Syllabus.objects.readable_by(request.user), pk=syllabus_id)
    context = {
        "syllabus": syllabus,
        "modules": outline_rows(syllabus, request.user),
        "course": own_course_row(syllabus, request.user),
        "model": model_named(syllabus.chosen_model),
        "model_is_offered": is_offered(syllabus.chosen_model),
    }
    return render(request, "syllabus/detail.html", context)
