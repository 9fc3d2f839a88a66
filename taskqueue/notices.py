"""Telling learners by e-mail that long work has ended."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone

from core.models import Preferences
from taskqueue.models import AITask, TaskStatus
from taskqueue.places import Place
from taskqueue.registry import Priority, place_of
from taskqueue.tasks import send_notice

LONG = timedelta(minutes=2)


def notify(ended: Iterable[AITask]) -> None:
    """Queue an e-mail for each task that took long and whose learner wants one.

    Call it in the transaction that ends the tasks, so that the row of the e-mail exists exactly when the end does.
    """
    long = [task for task in ended if task.user_id and timezone.now() - task.queued_at > LONG]
    if not long:
        return
    asked = Preferences.objects.filter(
        user_id__in={task.user_id for task in long}, email_when_done=True
    ).exclude(user__email="")
    learners = set(asked.values_list("user_id", flat=True))
    for task in long:
        if task.user_id in learners:
            schedule = {"priority": int(Priority.WAITING)}
            send_notice(str(task.pk), schedule=schedule, queue="bulk")


def send(task_id: UUID | str) -> None:
    """Send the e-mail of an end, unless it was sent before.

    The end is marked as told before the server is asked, so that a worker which dies in between sends nothing twice;
    when the server refuses the mark is taken back, and the queue tries again.
    """
    ended = AITask.objects.filter(
        pk=task_id, status__in=(TaskStatus.COMPLETED, TaskStatus.FAILED)
    ).select_related("user")
    task = ended.filter(told_at__isnull=True).first()
    if task is None or task.user is None or not task.user.email:
        return
    place = place_of(task)
    if place is None or not ended.filter(told_at__isnull=True).update(told_at=timezone.now()):
        return
    try:
        _message(task, place, task.user.email).send()
    except BaseException:
        ended.update(told_at=None)
        raise


def _message(task: AITask, place: Place, address: str) -> EmailMessage:
    outcome = "is ready" if task.status == TaskStatus.COMPLETED else "could not be finished"
    subject = " ".join(f"{place.title} {outcome}".split())
    context = {"task": task, "place": place, "outcome": outcome, "site": settings.SITE_URL}
    return EmailMessage(subject, render_to_string("taskqueue/notice.txt", context), to=[address])
