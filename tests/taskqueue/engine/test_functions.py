"""`@background` functions of other apps keep the library's ways."""

from datetime import timedelta

import pytest
from background_task import signals
from background_task.models import CompletedTask, Task
from background_task.tasks import tasks
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from taskqueue.engine.claiming import Claims
from taskqueue.engine.lease import Lease
from taskqueue.engine.runs import Run
from taskqueue.engine.settling import settle
from taskqueue.outcome import Failed
from taskqueue.pools import one_slot

NAME = "tests.function"


@pytest.fixture
def define(db):
    """Make a `@background` function of any body."""
    yield lambda body: tasks.background(name=NAME)(body)
    tasks._tasks.pop(NAME, None)


@pytest.fixture
def heard():
    """The signals that were sent, by name, in order."""
    names = (
        "task_started",
        "task_successful",
        "task_error",
        "task_rescheduled",
        "task_failed",
        "task_finished",
    )
    heard = []
    receivers = {name: lambda name=name, **kwargs: heard.append(name) for name in names}
    for name, receiver in receivers.items():
        getattr(signals, name).connect(receiver)
    yield heard
    for name, receiver in receivers.items():
        getattr(signals, name).disconnect(receiver)


def drain():
    call_command("process_tasks", drain=True)


def fail(*args):
    raise ValueError("a bug of theirs")


def test_success_leaves_history(define, heard):
    called = []
    define(lambda *args, **kwargs: called.append((args, kwargs)))(1, two="zwei")

    drain()

    assert called == [((1,), {"two": "zwei"})]
    assert not Task.objects.filter(repeat=Task.NEVER).exists()
    assert (CompletedTask.objects.get().task_name, CompletedTask.objects.get().attempts) == (
        NAME,
        1,
    )
    assert heard == ["task_started", "task_successful", "task_finished"]


def test_failure_comes_back_later_and_later(define, heard):
    define(fail)()

    drain()

    task = Task.objects.get()
    assert (task.attempts, task.locked_by) == (1, None)
    assert "a bug of theirs" in task.last_error
    assert timedelta(0) < task.run_at - timezone.now() <= timedelta(seconds=1**4 + 5)
    assert heard == ["task_started", "task_error", "task_rescheduled", "task_finished"]


def test_the_last_failure_is_kept_as_history(define, heard, settings):
    settings.MAX_ATTEMPTS = 1
    define(fail)()

    drain()

    assert not Task.objects.filter(repeat=Task.NEVER).exists()
    assert CompletedTask.objects.get().failed_at is not None
    assert "task_failed" in heard


def test_leaving_the_interpreter_is_a_failure_like_any_other(define):
    define(lambda: exit(3))()

    drain()

    assert "SystemExit: 3" in Task.objects.get().last_error


def test_a_database_that_is_away_costs_no_attempt_and_is_given_time(define, heard):
    def meet_outage():
        raise OperationalError("server closed the connection unexpectedly")

    define(meet_outage)()

    drain()

    task = Task.objects.get()
    assert (task.attempts, task.last_error, task.locked_by) == (0, "", None)
    assert timedelta(seconds=3) < task.run_at - timezone.now() <= timedelta(seconds=5)
    assert heard == ["task_started", "task_finished"]


@pytest.mark.parametrize("name", ["task_started", "task_error"])
def test_a_receiver_that_fails_does_not_make_the_worker_spin(define, name):
    def receiver(**kwargs):
        raise ValueError("a bug of the receiver")

    define(fail)()
    getattr(signals, name).connect(receiver)
    try:
        drain()
    finally:
        getattr(signals, name).disconnect(receiver)

    task = Task.objects.get()
    assert (task.attempts, task.locked_by) == (0, None)
    assert task.run_at > timezone.now()


def test_a_repeating_task_is_queued_again(define):
    function = define(lambda: None)
    function(schedule=timezone.now() - timedelta(days=3), repeat=Task.DAILY)

    drain()

    following = Task.objects.get()
    assert (following.repeat, following.attempts) == (Task.DAILY, 0)
    assert timedelta(0) < following.run_at - timezone.now() <= timedelta(days=1)


def test_a_row_that_was_deleted_while_it_ran_stays_deleted(define):
    define(lambda: Task.objects.all().delete() and fail())()

    drain()

    assert not Task.objects.filter(repeat=Task.NEVER).exists()
    assert not CompletedTask.objects.exists()


def test_the_end_of_a_row_that_others_took_is_not_written(define):
    define(lambda: Task.objects.update(locked_by="somebody else") and None)()

    drain()

    assert Task.objects.get().locked_by == "somebody else"
    assert not CompletedTask.objects.exists()


def test_arguments_that_do_not_fit_are_the_functions_failure(define):
    define(lambda: None)("one too many")

    drain()

    assert "TypeError" in Task.objects.get().last_error


def test_an_ai_task_of_no_sense_is_one_too(db):
    Task.objects.bulk_create(
        [Task.objects.new_task("taskqueue.tasks.process_ai_task", ["not a key"])]
    )

    drain()

    assert "not a key" in Task.objects.get().last_error


def test_a_function_that_no_worker_survives_ends_as_failed(db, settings, heard):
    from taskqueue.engine.release import release

    settings.MAX_ATTEMPTS = 2
    Task.objects.bulk_create([Task.objects.new_task(NAME)])

    for _ in range(2):
        Task.objects.update(locked_by="the dead")
        release(Task.objects.filter(locked_by="the dead"), counted=True)

    assert not Task.objects.filter(repeat=Task.NEVER).exists()
    assert "every time it was tried" in CompletedTask.objects.get().last_error
    assert heard == ["task_failed"]


def test_a_failure_that_no_task_can_tell_of_drops_the_row_all_the_same(define):
    define(lambda: None)()
    lease = Lease(concurrency=1, queue="", pools=one_slot())
    lease.open()
    (row,) = Claims([NAME], one_slot()).take({"bulk": 1}, lease.name, risk=False)

    assert settle([(Run(row, lease), Failed("Sorry.", "internal", "why"))], lease.name) == []

    assert not Task.objects.filter(task_name=NAME).exists()
