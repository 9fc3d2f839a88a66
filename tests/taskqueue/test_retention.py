"""What goes after 30 days, and what never does."""

from datetime import timedelta
from io import StringIO

import pytest
from background_task.models import CompletedTask, Task
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from taskqueue.models import AITask, TaskEvent
from taskqueue.retention import EVENTS_AFTER_END, RULES, Rule, prune, prune_events

OLD = timedelta(days=31)


@pytest.fixture
def old_tasks(put, drain):
    mine, nobodys, recent = put(), put(user=None), put()
    drain()
    waiting = put()
    long_ago = timezone.now() - OLD
    old = AITask.objects.filter(pk__in=[mine.pk, nobodys.pk])
    old.update(finished_at=long_ago, error_detail="Traceback")
    for run_at in (long_ago, timezone.now()):
        Task.objects.new_task("other.function").create_completed_task()
        CompletedTask.objects.filter(pk=CompletedTask.objects.last().pk).update(run_at=run_at)
    return mine, nobodys, recent, waiting


def test_a_learners_work_is_archived_and_nobodys_is_deleted(old_tasks):
    mine, _, recent, waiting = old_tasks

    prune()

    assert set(AITask.objects.all()) == {mine, recent, waiting}
    mine.refresh_from_db()
    assert mine.archived_at is not None
    assert (mine.error_detail, mine.result) == ("", {"echo": {"n": 1}})
    assert not AITask.objects.filter(archived_at__isnull=False).exclude(pk=mine.pk)
    assert CompletedTask.objects.count() == 1


def test_twice_is_once(old_tasks):
    prune()

    assert set(prune().values()) == {0}


def test_of_a_tasks_events_its_end_stays(put, drain):
    ended, recent, again, running = put(), put(), put("hopeless"), put()
    drain()
    AITask.objects.filter(pk__in=[ended.pk, again.pk]).update(
        finished_at=timezone.now() - EVENTS_AFTER_END
    )
    again.refresh_from_db()
    again.reopen()
    running.begin()
    TaskEvent.objects.update(created_at=timezone.now() - OLD)

    prune_events()

    kept = {task: list(task.told.values_list("name", flat=True)) for task in (ended, again)}
    assert kept == {ended: ["completed"], again: ["started", "failed"]}
    assert recent.told.count() == 3
    assert TaskEvent.objects.filter(task=running, name="started").exists()


def test_expired_sessions_go(db):
    Session.objects.create(
        session_key="a", session_data="", expire_date=timezone.now() - timedelta(1)
    )
    Session.objects.create(
        session_key="b", session_data="", expire_date=timezone.now() + timedelta(1)
    )

    prune()

    assert [session.session_key for session in Session.objects.all()] == ["b"]


def test_a_dry_run_counts_and_touches_nothing(old_tasks):
    out = StringIO()

    call_command("prune_tasks", dry_run=True, stdout=out)

    assert "1  tasks of learners, archived" in out.getvalue()
    assert "1  tasks of nobody" in out.getvalue()
    assert AITask.objects.filter(archived_at__isnull=True).count() == 4


def test_one_failure_never_stops_the_rest(old_tasks, monkeypatch):
    def broken(now):
        raise OSError("disk full")

    monkeypatch.setattr(
        "taskqueue.retention.RULES", [Rule("broken", broken, lambda rows: 0), *RULES]
    )
    out = StringIO()

    with pytest.raises(CommandError, match="broken"):
        call_command("prune_tasks", stdout=out)

    assert "failed  broken" in out.getvalue()
    assert AITask.objects.filter(archived_at__isnull=False).count() == 1
