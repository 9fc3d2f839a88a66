"""What a learner is told of a task, in words. `task_words.js` says the same to the letter (a test compares them)."""

from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

CLOCK_FROM = 10.0  # seconds; what is tried again sooner needs no clock
MINUTES_FROM = 90
INTERRUPTED = "It was interrupted."


class Line(NamedTuple):
    """One line: `text`, and where there is a time, ` at`, that time and a full stop; then what is `kept`."""

    text: str
    at: datetime | None = None
    kept: str = ""


def line(standing: dict[str, Any], working: str, kept: str = "") -> Line:
    """Say where a task is (`presenting.standing`): `working` while it runs and names no step, `kept` when it halts."""
    match standing["status"]:
        case "completed":
            return Line("Ready")
        case "failed":
            return Line(standing["error"], kept=kept)
        case "cancelled":
            return Line("Stopped.", kept=kept)
    if standing["next_attempt_at"]:
        return _again(standing, kept)
    return Line(" · ".join(filter(None, [_place(standing, working), _range(standing)])))


def _again(standing: dict[str, Any], kept: str) -> Line:
    when = datetime.fromisoformat(standing["next_attempt_at"])
    reason = standing.get("error") or INTERRUPTED
    if (when - timezone.now()).total_seconds() < CLOCK_FROM:
        return Line(f"{reason} We try again in a few seconds.", kept=kept)
    return Line(f"{reason} We try again", when, kept)


def _place(standing: dict[str, Any], working: str) -> str:
    if standing["status"] == "pending":
        ahead = standing["queue_position"]
        return f"{ahead} ahead of you" if ahead else "Next in line"
    return (standing["progress"] or {}).get("step") or working


def _range(standing: dict[str, Any]) -> str:
    if not standing["eta_seconds"]:
        return ""
    low, high = standing["eta_seconds"]
    if high < MINUTES_FROM:
        return _between(low, high, "s")
    return _between(low // 60, -(-high // 60), "min")


def _between(low: int, high: int, unit: str) -> str:
    return f"{low}–{high} {unit}" if 0 < low < high else f"up to {high} {unit}"
