"""The ways a run can end, as values: a run says what became of it, and one place writes that down."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Jam:
    """The provider had no room for a call; `until` is when it asked to be called again, if it did."""

    until: datetime | None = None


@dataclass(frozen=True)
class Completed:
    """The work is done and its result is still to be written."""

    result: dict[str, Any]


@dataclass(frozen=True)
class Saved:
    """The work is done and the run has written its result itself, with the rows that belong to it."""


@dataclass(frozen=True)
class Failed:
    """No other attempt will be made; `error` is for the learner, `detail` for staff."""

    error: str
    code: str
    detail: str
    jam: Jam | None = None


@dataclass(frozen=True)
class Again:
    """Another attempt is worth while at `when`; the reason is that of this one's end."""

    when: datetime
    error: str
    code: str
    detail: str
    jam: Jam | None = None


@dataclass(frozen=True)
class Interrupted:
    """The run could not go on, through no fault of the work: it does not count, and another may start at `when`."""

    when: datetime


@dataclass(frozen=True)
class Lost:
    """The task belongs to someone else by now, or to nobody; nothing of this run may be written."""


Outcome = Completed | Saved | Failed | Again | Interrupted | Lost
