"""The page of a lesson, and what is asked for from it."""

import uuid
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser, User
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from core.api import json_body, json_endpoint, wants_json
from core.models import ConversationHistory, Lesson, Syllabus, UserProgress
from core.outline import outline_rows
from core.rendering import outline
from lessons.content import content_subject, current_content, request_content
from lessons.conversation import conversation_subject, open_question, say
from lessons.forms import read_message
from taskqueue.models import AITask, TaskStatus
from taskqueue.presenting import accepted


@require_GET
def detail(
    request: HttpRequest, syllabus_id: uuid.UUID, module_index: int, lesson_index: int
) -> HttpResponse:
    """Show a lesson; to a stranger one of a private course does not exist."""
    courses = Syllabus.objects.readable_by(request.user)
    lesson = _find(courses, syllabus_id, module_index, lesson_index)
    may_learn = lesson.module.syllabus.user_id == request.user.pk
    # Work is looked for before what it makes: what ends in between is shown twice rather than not at all.
    under_way = _under_way(cast(User, request.user), lesson) if may_learn else {}
    content = current_content(lesson)
    context = {
        "lesson": lesson,
        "syllabus": lesson.module.syllabus,
        "modules": outline_rows(lesson.module.syllabus, request.user),
        "content": content,
        "headings": outline(content.exposition) if content else [],
        "before": lesson.before(),
        "after": lesson.after(),
        "may_learn": may_learn,
        **under_way,
    }
    if may_learn:
        context |= _conversation(cast(User, request.user), lesson)
    return render(request, "lessons/detail.html", context)


@json_endpoint("POST")
def generate_content(
    request: HttpRequest, syllabus_id: uuid.UUID, module_index: int, lesson_index: int
) -> HttpResponseBase:
    """Have the lesson written."""
    lesson = _find(_own(request), syllabus_id, module_index, lesson_index)
    task = request_content(cast(User, request.user), lesson)
    return accepted(task) if wants_json(request) else redirect(lesson)


@json_endpoint("POST")
def interact(
    request: HttpRequest, syllabus_id: uuid.UUID, module_index: int, lesson_index: int
) -> HttpResponseBase:
    """Say something to the tutor: as JSON, or as a form where there is no script."""
    lesson = _find(_own(request), syllabus_id, module_index, lesson_index)
    is_form = request.content_type == "application/x-www-form-urlencoded"
    said = read_message(request.POST if is_form else json_body(request))
    task = say(cast(User, request.user), lesson, said)
    return accepted(task) if wants_json(request) else redirect(f"{lesson.get_absolute_url()}#tutor")


def _own(request: HttpRequest) -> Any:
    return Syllabus.objects.owned_by(cast(User, request.user).pk)


def _find(courses: Any, course_id: uuid.UUID, module: int, position: int) -> Lesson:
    lessons = Lesson.objects.select_related("module__syllabus").filter(
        module__syllabus__in=courses, module__syllabus_id=course_id
    )
    lesson = lessons.filter(module__position=module, position=position).first()
    if lesson is None:
        raise Http404
    return lesson


def _conversation(user: User, lesson: Lesson) -> dict[str, Any]:
    """Return what the owner's page knows besides: what was said, and what is open."""
    progress, _ = UserProgress.objects.get_or_create(user=user, lesson=lesson)
    messages = ConversationHistory.objects.between(user.pk, lesson.pk)
    question = open_question(user.pk, lesson.pk)
    return {
        "progress": progress,
        "subject": conversation_subject(user.pk, lesson.pk),
        "turns": messages.select_related("exercise__lesson__module"),
        "open_exercise": question,
        "open_assessment": question.assessment if question else None,
    }


def _under_way(user: User, lesson: Lesson) -> dict[str, AITask | None]:
    return {
        "content_task": _unfinished(content_subject(lesson.pk), user),
        "turn_task": _unfinished(conversation_subject(user.pk, lesson.pk), user),
    }


def _unfinished(subject: str, user: User | AnonymousUser) -> AITask | None:
    """Return the newest task about a subject unless it is done: it runs, or failed, or was stopped."""
    task = AITask.objects.visible_to(user).about(subject).first()
    return task if task and task.status != TaskStatus.COMPLETED else None
