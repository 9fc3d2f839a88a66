"""What a learner is told of the wait: the place in the line, and a range of time that is held against the real end."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from taskqueue import forecast
from taskqueue.forecast import Forecast, History
from taskqueue.line import Line, current_line, forget_line, newest_line
from taskqueue.models import AITask, Pause, TaskStatus
from taskqueue.registry import spec_of
from taskqueue.remembering import Remembered

SAMPLE = 200
# An expectation may rest on a line that was looked at so many seconds ago, or be missing for want of history then.
OLDEST = 5.0
SOON = 1.0


def queue_position(task: AITask) -> int | None:
    """Return how many tasks will run before this one in its pool; None unless it is pending."""
    if task.status != TaskStatus.PENDING:
        return None
    line = current_line()
    if task.task_id not in line.places and not _delay(task):
        line = newest_line()  # it came after the last look
    return line.places.get(task.task_id, line.lengths[spec_of(task.task_type).pool])


def eta_seconds(task: AITask) -> list[int] | None:
    """Return the range [low, high] of seconds until the task ends, or None when too little is known."""
    if not task.is_active:
        return None
    found = _running(task) if task.status == TaskStatus.PROCESSING else _waiting(task)
    return [found.low, found.high] if found else None


def pause_of(task: AITask) -> Pause | None:
    """Return what keeps all work like this from beginning, if anything does."""
    if task.status != TaskStatus.PENDING:
        return None
    return current_line().pauses.get(spec_of(task.task_type).pool)


def expect(task: AITask) -> None:
    """Set down on a task that is about to be queued what its learner is shown, to be held against the real end."""
    task.expected_from = task.expected_at = task.expected_until = None
    if not _history(task, SOON).is_known:
        return
    line, pool = current_line(OLDEST), spec_of(task.task_type).pool
    found = _of_place(task, line.lengths[pool], line)
    line.lengths[pool] += 1
    if found:
        task.expected_from = task.queued_at + timedelta(seconds=found.low)
        task.expected_at = task.queued_at + timedelta(seconds=found.typical)
        task.expected_until = task.queued_at + timedelta(seconds=found.high)


def kept(since: datetime) -> "QuerySet[AITask, Any]":
    """Return for each type and model how many ranges were shown since a time, and how many ends fell inside."""
    judged = ended(AITask.objects.all()).filter(
        finished_at__gte=since, ended_as_expected__isnull=False
    )
    groups = judged.order_by("task_type", "model").values("task_type", "model")
    return groups.annotate(shown=Count("pk"), inside=Count("pk", filter=Q(ended_as_expected=True)))


def ended(tasks: "QuerySet[AITask]") -> "QuerySet[AITask]":
    """Narrow to tasks that came to an end of their own; how long a cancelled one took tells nothing."""
    return tasks.filter(status__in=(TaskStatus.COMPLETED, TaskStatus.FAILED))


def forget() -> None:
    """Look at everything anew, as a test does that makes history."""
    forget_line()
    _histories.forget()


def _waiting(task: AITask) -> Forecast | None:
    found = _of_place(task, queue_position(task) or 0, current_line())
    return found.later(_delay(task)) if found else None


def _of_place(task: AITask, ahead: int, line: Line) -> Forecast | None:
    history = _history(task)
    if not history.is_known:
        return None
    pool = spec_of(task.task_type).pool
    wait = forecast.seconds_to_start(history, ahead, line.busy[pool], line.slots[pool])
    return forecast.of_waiting(history, wait)


def _running(task: AITask) -> Forecast | None:
    elapsed = timezone.now() - (task.started_at or timezone.now())
    return forecast.of_running(_history(task), elapsed.total_seconds())


def _delay(task: AITask) -> float:
    """Return the seconds until the task may run at all."""
    pause = pause_of(task)
    times = [task.next_attempt_at, pause.until if pause else None]
    waits = [(when - timezone.now()).total_seconds() for when in times if when]
    return max(0.0, *waits) if waits else 0.0


def _history(task: AITask, stale: float = 0.0) -> History:
    """Return what recent work like this shows; what was too little to tell may be `stale` seconds old."""
    key = task.task_type, task.model
    history = _histories.get(key)
    return history if history.is_known else _histories.get(key, stale)


def _load(key: tuple[str, str]) -> History:
    """Return what the last tasks of a type and a model show."""
    mine = ended(AITask.objects.filter(task_type=key[0], model=key[1], started_at__isnull=False))
    times = mine.order_by("-finished_at").values_list(
        "queued_at", "expected_at", "started_at", "finished_at"
    )
    last: list[Any] = list(times[:SAMPLE])
    runs = [end - start for _, _, start, end in last]
    ratios = [(end - queued) / (due - queued) for queued, due, _, end in last if due]
    return History(sorted(run.total_seconds() for run in runs), sorted(ratios))


_histories = Remembered[tuple[str, str], History](5.0, _load)
