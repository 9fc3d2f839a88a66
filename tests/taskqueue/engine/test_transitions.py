"""Any order of things that can happen to tasks keeps the queue whole: Hypothesis looks for one that does not."""

import json
from datetime import timedelta

import pytest
from background_task.models import Task
from background_task.tasks import tasks as functions
from django.db import transaction
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from taskqueue.engine.beginning import begin
from taskqueue.engine.claiming import Claims
from taskqueue.engine.lease import Lease
from taskqueue.engine.release import release
from taskqueue.engine.settling import settle
from taskqueue.engine.tickets import AI_TASK
from taskqueue.enqueue import enqueue
from taskqueue.errors import LeaseLost, WrongState
from taskqueue.models import AITask, TaskEvent
from taskqueue.outcome import Again, Completed, Failed, Interrupted, Lost, Saved
from taskqueue.pools import BULK, one_slot
from taskqueue.running import run as run_once
from taskqueue.steering import retry
from taskqueue.tasks import process_ai_task
from taskqueue.types import FINAL, TaskStatus

FEW = 4
SOON = timedelta(seconds=60)
ENDS = ("completed", "saved", "failed", "again", "interrupted", "lost")
WRITES = {
    "hold": lambda task: task.hold(),
    "report": lambda task: task.report("Working", 1, 2),
    "settle": lambda task: task.settle(lambda: {"stale": True}),
    "retry_at": lambda task: task.retry_at(timezone.now(), error="e", code="c", detail="d"),
    "hand_back": lambda task: task.hand_back(timezone.now()),
    "fail": lambda task: task.fail(error="e", code="c", detail="d"),
}
worker = st.integers(min_value=0, max_value=1)
pick = st.integers(min_value=0, max_value=99)


class Queue(RuleBasedStateMachine):
    """Two workers and the people who click, on the real tables.

    `self.running` are runs that own their task as far as we know, `self.stale` those that must not write any more.
    `self.ending` are the stale ones whose worker has yet to write their end.
    """

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        pools = one_slot()
        self.workers = [
            Lease(concurrency=1, queue="", pools=pools, is_beating=False) for _ in range(2)
        ]
        for worker in self.workers:
            worker.open()
        self.claims = Claims(list(functions._tasks), pools)
        self.running, self.stale, self.ending = [], [], []
        self.asked = 0
        self.fences = {}  # in the order in which tasks came, so that a choice by number means the same again
        for key in ("", "one"):
            self.enqueue(key)
        self.ask()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @precondition(lambda self: len(self.fences) < FEW)
    @rule(key=st.sampled_from(["", "one"]))
    def enqueue(self, key):
        known = AITask.objects.active().filter(dedupe_key=key).exclude(dedupe_key="")
        expected = not known.exists()

        task, is_new = enqueue("echo", user=None, input_data={}, dedupe_key=key)

        assert is_new is expected
        self.fences.setdefault(task.pk, 0)

    @precondition(lambda self: len(self.fences) < FEW)
    @rule()
    def ask(self):
        """Ask for something of which only the newest matters."""
        self.asked += 1
        fresh = self.coalesced().filter(status=TaskStatus.PENDING, fence=0)
        expected = not fresh.exists()

        task, is_new = enqueue(
            "echo", user=None, input_data={"number": self.asked}, coalesce_key="page"
        )

        assert is_new is expected
        assert AITask.objects.get(pk=task.pk).input_data == {"number": self.asked}
        self.fences.setdefault(task.pk, 0)

    @rule(number=worker)
    def claim(self, number):
        """Take one row, having waited until whatever waits is due."""
        Task.objects.update(run_at=timezone.now())
        self.take(number)

    def take(self, number):
        lease = self.workers[number]
        before = {task.pk: task for task in AITask.objects.all()}
        runs = begin(self.claims.take({BULK: 1}, lease.name, risk=True), lease)
        for run in runs:
            was = before[run.task.pk]
            assert was.status == TaskStatus.PENDING
            assert (run.task.fence, run.task.attempt) == (was.fence + 1, was.attempt + 1)
            assert run.task.status == TaskStatus.PROCESSING
            self.running.append(run)

    @rule(
        which=pick,
        what=st.sampled_from(["run_without_engine", "bring_an_old_row_back", "cancel", "retry"]),
    )
    def do_to_a_task(self, which, what):
        getattr(self, what)(self.task(which))

    def run_without_engine(self, task):
        """The library's own worker does it: it locks the row, calls the function and deletes the row."""
        row = Task.objects.filter(task_params=f'[["{task.pk}", {task.ticket}], {{}}]')
        if not row.filter(locked_by=None).update(locked_by="the library"):
            return
        was_final = task.status in FINAL
        others = self.coalesced().exclude(pk=task.pk).active() if task.coalesce_key else ()
        may_not = was_final or bool(list(others))
        run_once(str(task.pk), task.ticket)
        row.delete()
        task.refresh_from_db()
        assert may_not or task.result == {"echo": task.input_data}

    @precondition(lambda self: self.running)
    @rule(
        which=pick,
        what=st.sampled_from(
            [
                "report",
                "save_and_die",
                "run_for_too_long",
                "start_it_over",
                "kill_each_of_its_workers",
            ]
        ),
    )
    def do_to_a_run(self, which, what):
        getattr(self, what)(self.running[which % len(self.running)])

    def start_it_over(self, run):
        """Its owner stops it and wants it after all, before its worker has heard of either; another takes it up."""
        task = AITask.objects.get(pk=run.task.pk)
        self.cancel(task)
        self.retry(task)
        self.take_only(task, 1 - self.workers.index(run.lease))

    def take_only(self, task, number):
        """Take the row of this task, if it is its turn."""
        task.refresh_from_db()
        Task.objects.update(run_at=timezone.now() + SOON)
        row = Task.objects.filter(task_params=f'[["{task.pk}", {task.ticket}], {{}}]')
        row.update(run_at=timezone.now())
        self.take(number)

    def kill_each_of_its_workers(self, run):
        """Work that kills its worker is given up after its last attempt."""
        task, number = run.task, self.workers.index(run.lease)
        for _ in range(task.max_attempts):
            if any(each.task.pk == task.pk for each in self.running):
                self.lose(number, counted=True)
                number = 1 - number
                self.take_only(task, number)
        task = AITask.objects.get(pk=task.pk)
        assert task.status == TaskStatus.FAILED or task.error_code == "superseded"

    @precondition(lambda self: self.running)
    @rule(which=pick, how=st.sampled_from(ENDS))
    def end(self, which, how):
        run = self.running.pop(which % len(self.running))
        if how == "again" and not run.task.has_attempts_left:
            how = "failed"

        self.write_end(run, how)

        expected = {
            "completed": (TaskStatus.COMPLETED, run.task.attempt),
            "saved": (TaskStatus.COMPLETED, run.task.attempt),
            "failed": (TaskStatus.FAILED, run.task.attempt),
            "again": (TaskStatus.PENDING, run.task.attempt),
            "interrupted": (TaskStatus.PENDING, run.task.attempt - 1),
            "lost": (TaskStatus.PENDING, run.task.attempt - 1),
        }
        now = AITask.objects.get(pk=run.task.pk)
        assert (now.status, now.attempt) == expected[how]
        assert Task.objects.filter(pk=run.row.id).exists() is now.is_active
        self.stale.append(run)

    @precondition(lambda self: self.ending)
    @rule(which=pick, how=st.sampled_from(ENDS))
    def end_too_late(self, which, how):
        run = self.ending.pop(which % len(self.ending))
        own = Task.objects.filter(pk=run.row.id, locked_by=run.lease.name).values_list(
            "pk", flat=True
        )
        but = list(own)
        before = everything(but)
        self.write_end(run, "lost" if how == "saved" else how)
        assert everything(but) == before

    def report(self, run):
        run.task.hold()
        run.task.report("Working", 1, 2)
        assert AITask.objects.get(pk=run.task.pk).progress["step"] == "Working"

    @precondition(lambda self: self.stale)
    @rule(which=pick, how=st.sampled_from(sorted(WRITES)))
    def write_too_late(self, which, how):
        run = self.stale[which % len(self.stale)]
        before = everything()
        with pytest.raises(LeaseLost), transaction.atomic():
            WRITES[how](run.task)
        assert everything() == before

    def save_and_die(self, run):
        """A worker dies between the commit of a result and that of the end of its row."""
        run.task.settle(lambda: {"saved": True})
        self.lose(self.workers.index(run.lease), counted=True)

    def run_for_too_long(self, run):
        self.running.remove(run)
        run.given_back = True
        release(Task.objects.filter(pk=run.row.id), counted=True)
        self.retire(run)

    def cancel(self, task):
        if not task.is_active:
            with pytest.raises(WrongState):
                task.cancel()
            return
        task.cancel()
        for run in [run for run in self.running if run.task.pk == task.pk]:
            self.running.remove(run)
            self.retire(run)

    def retry(self, task):
        same = AITask.objects.active().filter(
            dedupe_key=task.dedupe_key, coalesce_key=task.coalesce_key
        )
        is_under_way = bool(task.dedupe_key or task.coalesce_key) and same.exists()
        if task.status not in (TaskStatus.FAILED, TaskStatus.CANCELLED) or is_under_way:
            with pytest.raises(WrongState):
                retry(task)
            return
        retry(task)
        assert (task.status, task.attempt) == (TaskStatus.PENDING, 0)

    def bring_an_old_row_back(self, task):
        if task.ticket > 1:
            process_ai_task(str(task.pk), task.ticket - 1)

    @invariant()
    def the_queue_is_whole(self):
        tasks, rows, told = list(AITask.objects.all()), rows_of_tasks(), events()
        keys = [task.dedupe_key for task in tasks if task.is_active and task.dedupe_key]
        assert len(keys) == len(set(keys)), "the same work is under way twice"
        assert self.coalesced().running().count() <= 1, "two of one coalesce key run"
        assert self.coalesced().filter(status=TaskStatus.PENDING, fence=0).count() <= 1
        holders = {run.task.pk: run.lease.name for run in self.running}
        for task in tasks:
            assert task.fence >= self.fences[task.pk], "the fence shrank"
            self.fences[task.pk] = task.fence
            assert 0 <= task.attempt <= task.max_attempts
            assert (task.status in FINAL) == (task.finished_at is not None)
            assert told.get(task.pk, []) == list(range(1, task.events + 1)), "events have a gap"
            locks = rows.get((str(task.pk), task.ticket), [])
            if task.status == TaskStatus.PENDING:
                assert locks == [None], "one row, and only one, leads to its run"
            elif task.status == TaskStatus.PROCESSING:
                assert locks == [holders[task.pk]], "who runs it holds its row"
            else:
                assert len(locks) <= 1

    def coalesced(self):
        return AITask.objects.filter(coalesce_key="page")

    def task(self, which) -> AITask:
        return AITask.objects.get(pk=list(self.fences)[which % len(self.fences)])

    def write_end(self, run, how) -> None:
        when = timezone.now() + SOON
        if how == "saved":
            run.task.settle(lambda: {"saved": True})
        outcome = {
            "completed": Completed({"done": True}),
            "saved": Saved(),
            "failed": Failed("Sorry.", "internal", "why"),
            "again": Again(when, "Busy.", "busy", "why"),
            "interrupted": Interrupted(when),
            "lost": Lost(),
        }[how]
        TaskEvent.objects.append(settle([(run, outcome)], run.lease.name))

    @precondition(lambda self: self.running)
    @rule(number=worker, counted=st.booleans())
    def lose(self, number, counted):
        """Let a worker's claims be given back; what is left of it starts anew under another name."""
        lease = self.workers[number]
        release(Task.objects.filter(locked_by=lease.name), counted=counted)
        lease.open()
        for run in [run for run in self.running if run.lease is lease]:
            self.running.remove(run)
            self.retire(run)

    def retire(self, run) -> None:
        self.stale.append(run)
        self.ending.append(run)


def everything(but=()):
    """Return all there is, except for some queue rows."""
    rows = Task.objects.exclude(pk__in=but).order_by("pk")
    return list(AITask.objects.order_by("pk").values()), list(rows.values()), events()


def events():
    """Return the numbers of each task's events."""
    numbers = {}
    for task_id, number in TaskEvent.objects.order_by("sequence").values_list("task", "sequence"):
        numbers.setdefault(task_id, []).append(number)
    return numbers


def rows_of_tasks():
    """Return who holds the queue rows of each task and ticket."""
    holders = {}
    for params, holder in Task.objects.filter(task_name=AI_TASK).values_list(
        "task_params", "locked_by"
    ):
        (task_id, ticket), _ = json.loads(params)
        holders.setdefault((task_id, ticket), []).append(holder)
    return holders


def test_whatever_happens(db):
    examples = settings(
        max_examples=50, stateful_step_count=25, deadline=None, derandomize=True, database=None
    )
    run_state_machine_as_test(Queue, settings=examples)
