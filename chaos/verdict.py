"""What must be true after any performance, counted."""

import signal
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from background_task.models import Task
from django.db.models import Count, F, Max, Q

from chaos.book import Entry
from chaos.conductor import Fate
from chaos.provider import Asked
from core.models import ConversationHistory, Syllabus
from core.models.conversation import Role
from taskqueue.models import AITask, TaskStatus

FINAL = {TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED}
TAKEN_AFTER = 4 / 5  # of a lease without a beat, and others may take what a worker holds
A_MOMENT = 0.05  # between the time a beat carries and that of its commit


def violations(
    book: Sequence[Entry],
    fates: Sequence[Fate],
    asked: Iterable[Asked],
    lease: float,
    amiss: Collection[UUID],
) -> dict[str, int]:
    """Return how often each invariant was broken; `amiss` are the tasks of which wrong events were told."""
    return {
        "tasks lost": tasks_lost(),
        "queue rows left behind": rows_left(),
        "results committed twice": committed_twice(book),
        "learner messages or replies duplicated": messages_doubled(),
        "messages without a reply": messages_unanswered(),
        "finished model calls paid again": paid_again(book, asked),
        "false rescues": false_rescues(book, fates, lease),
        "writes of runs that had lost their task": stale_writes(book),
        "events missing or told twice": len(amiss),
        "workers that fell by themselves": len(fallen(book, fates)),
    }


def tasks_lost() -> int:
    """Count the tasks that did not complete: nothing that was done to them was their fault."""
    return AITask.objects.exclude(status=TaskStatus.COMPLETED).count()


def rows_left() -> int:
    return int(Task.objects.filter(repeat=Task.NEVER).count())


def committed_twice(book: Sequence[Entry]) -> int:
    """Count the completions, and the courses, beyond the first of a task."""
    completions = Counter(e.subject for e in _about_tasks(book) if _status(e) == "completed")
    courses = Syllabus.objects.filter(task_id__isnull=False)
    made = courses.values("user_id", "topic_key").annotate(n=Count("pk")).filter(n__gt=1)
    spare: int = sum(n - 1 for n in completions.values()) + sum(row["n"] - 1 for row in made)
    return spare


def messages_doubled() -> int:
    said = ConversationHistory.objects.filter(role=Role.LEARNER).values("user_id", "content")
    replies = ConversationHistory.objects.filter(role=Role.TUTOR).values("reply_to_id")
    spare: int = sum(
        row["n"] - 1
        for rows in (said, replies)
        for row in rows.order_by().annotate(n=Count("pk")).filter(n__gt=1)
    )
    return spare


def messages_unanswered() -> int:
    return ConversationHistory.objects.filter(role=Role.LEARNER, reply__isnull=True).count()


def events_amiss(since: datetime | None = None) -> set[UUID]:
    """Return the tasks whose events are not numbered from 1 without a gap, or do not end exactly once.

    Of those that ended before `since` nothing is said: ten minutes after its end a task keeps no event but the last.
    """
    ends = Count("told", filter=Q(told__name__in=FINAL))
    told = AITask.objects.annotate(n=Count("told"), last=Max("told__sequence"), ends=ends)
    lately = Q() if since is None else Q(finished_at__gte=since) | Q(finished_at__isnull=True)
    amiss = told.filter(lately).exclude(n=F("events"), last=F("events"), ends=1)
    return set(amiss.values_list("pk", flat=True))


def paid_again(book: Sequence[Entry], asked: Iterable[Asked]) -> int:
    """Count the requests whose answer was on record before the run that made them began.

    A run that overlaps with one taken for dead may pay for what that one finishes meanwhile.
    """
    begins = defaultdict(list)
    for entry in _about_tasks(book):
        if _status(entry) == "processing":
            begins[entry.subject].append(entry.at)
    paid = {
        int(number): entry
        for entry in book
        if entry.kind == "call" and entry.value
        for outcome, number in [entry.value.split()]
        if outcome == "ok"
    }
    same = defaultdict(list)
    for request in asked:
        same[request.content].append(request)
    return sum(
        _is_known(later, paid[earlier.number], begins)
        for requests in same.values()
        for earlier in requests
        if earlier.number in paid
        for later in requests
        if later.at > earlier.at
    )


def _is_known(request: Asked, line: Entry, begins: Mapping[str, list[float]]) -> bool:
    earlier = [at for at in begins[line.subject] if at < request.at]
    return bool(earlier) and line.at < earlier[-1]


def false_rescues(book: Sequence[Entry], fates: Sequence[Fate], lease: float) -> int:
    """Count the workers that were buried although they lived, and had neither slept nor been silent for long."""
    return sum(1 for _ in buried_alive(book, fates, lease))


def buried_alive(
    book: Sequence[Entry], fates: Sequence[Fate], lease: float
) -> Iterator[tuple[int, float, float]]:
    """Yield the process of each, and when it had last beaten and when it was buried, in seconds since 1970."""
    beats: dict[str, float] = {}
    for entry in book:
        if entry.kind in ("worker", "beat"):
            beats[entry.subject] = entry.at
        elif entry.kind == "worker gone" and entry.value:
            pid, beaten = int(entry.value), beats[entry.subject]
            if not _may_be_buried(_fate_of(pid, beaten, fates), beaten, entry.at, lease):
                yield pid, beaten, entry.at


def _fate_of(pid: int, at: float, fates: Iterable[Fate]) -> Fate:
    """Return that of the process which had this number at that time, for numbers come again."""
    of_that_number = [fate for fate in fates if fate.process.pid == pid and fate.began <= at]
    return max(of_that_number, key=lambda fate: fate.began)


def _may_be_buried(fate: Fate, beaten: float, at: float, lease: float) -> bool:
    if any(since is not None and since <= at for since in (fate.killed, fate.told_to_end)):
        return True
    slept = any(start < at and until > beaten for start, until in fate.slept)
    return slept and at - beaten >= TAKEN_AFTER * lease - A_MOMENT


def fallen(book: Sequence[Entry], fates: Sequence[Fate]) -> list[Fate]:
    """Return those that ended in a way that nobody had caused.

    One that is told to end ends in good order, but before it is a worker, while it still loads, by the signal itself.
    """
    names, _ = _names_and_claims(book, fates)
    return [fate for n, fate in enumerate(fates) if _fell(fate, is_worker=n in names)]


def _fell(fate: Fate, *, is_worker: bool) -> bool:
    code = fate.process.exitcode
    if code is None or fate.killed:
        return False
    expected = (0,) if is_worker else (0, -signal.SIGTERM)
    return not (fate.told_to_end and code in expected)


def stale_writes(book: Sequence[Entry]) -> int:
    """Count the writes with an older fence than the task had, and those that follow its end."""
    histories = defaultdict(list)
    for entry in _about_tasks(book):
        histories[entry.subject].append(entry)
    return sum(
        _fence(later) < _fence(earlier) or _status(earlier) in FINAL
        for history in histories.values()
        for earlier, later in pairwise(history)
    )


def recoveries(book: Sequence[Entry], fates: Sequence[Fate]) -> tuple[list[float], list[float]]:
    """Return the seconds from each SIGKILL to each new claim of what that worker had held.

    Those during which another worker slept are apart: it may have slept with the lock of SQLite's only writer.
    """
    names, claims = _names_and_claims(book, fates)
    sleeps = [sleep for fate in fates for sleep in fate.slept]
    awake: list[float] = []
    disturbed: list[float] = []
    for number, fate in enumerate(fates):
        for history in claims.values() if fate.killed else ():
            for seconds in _recovery(history, names[number], fate.killed or 0.0):
                slept = _meets(sleeps, fate.killed or 0.0, seconds)
                (disturbed if slept else awake).append(seconds)
    return awake, disturbed


def _names_and_claims(
    book: Iterable[Entry], fates: Sequence[Fate]
) -> tuple[dict[int, set[str]], dict[str, list[tuple[float, str | None]]]]:
    """Return under which names each of `fates`, by its place, claimed, and who held each row from when on."""
    names = defaultdict(set)
    claims = defaultdict(list)
    for entry in book:
        if entry.kind == "worker" and entry.value:
            fate = _fate_of(int(entry.value), entry.at, fates)
            names[fates.index(fate)].add(entry.subject)
        elif entry.kind == "row":
            claims[entry.subject].append((entry.at, entry.value))
    return names, claims


def _meets(sleeps: Iterable[tuple[float, float]], since: float, seconds: float) -> bool:
    return any(start < since + seconds and since < end for start, end in sleeps)


def _recovery(
    history: Sequence[tuple[float, str | None]], names: set[str], killed: float
) -> Iterable[float]:
    """Yield the time from the death of a row's holder to its next holder, if it held the row."""
    next_one = bisect_left([at for at, _ in history], killed)
    if next_one and history[next_one - 1][1] in names:
        later = [at for at, holder in history[next_one:] if holder is not None]
        yield from (at - killed for at in later[:1])


def _about_tasks(book: Iterable[Entry]) -> Iterable[Entry]:
    return (entry for entry in book if entry.kind == "task")


def _status(entry: Entry) -> str:
    return (entry.value or "").split()[0]


def _fence(entry: Entry) -> int:
    return int((entry.value or "").split()[1])
