"""What is running in this process."""

import time
from dataclasses import dataclass, field

from taskqueue.engine.claiming import Row
from taskqueue.engine.lease import Lease
from taskqueue.errors import LeaseLost
from taskqueue.models import AITask


@dataclass(eq=False)
class Run:
    """A claimed queue row in its slot, with the AITask that was begun for it, if it is one's.

    `lost` stops the run at its next look. `given_back` means that its row is in the queue again, perhaps claimed
    anew: the end of this run is of no interest.
    """

    row: Row
    lease: Lease
    task: AITask | None = None
    lost: bool = False
    given_back: bool = False
    started: float = field(default_factory=time.monotonic)

    @property
    def pool(self) -> str:
        return self.row.pool

    @property
    def is_ours(self) -> bool:
        """Whether the row still carries this worker's name, as far as is known here."""
        return not self.given_back and self.row.locked_by == self.lease.name

    def check(self) -> None:
        """Raise LeaseLost when the task was cancelled, or given to another run. Asks nobody, so call it often."""
        if self.lost or not self.lease.is_held:
            raise LeaseLost

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started
