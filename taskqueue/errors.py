"""How the queue says no."""

from core.api import ApiError
from core.errors import PermanentError


class LeaseLost(Exception):
    """Another run owns this task now, or it was cancelled; nothing of this run may be saved."""


class WrongState(ApiError):
    """The task is not in a state that allows this; a view that lets it pass answers 409."""

    def __init__(self, message: str = "The task has moved on; reload to see where it is.") -> None:
        super().__init__(409, "wrong_state", message)


class InvalidInput(PermanentError):
    """This request cannot be carried out as it was written."""

    code = "invalid_input"


class QueueFull(ApiError):
    """There is no room for more work now; a view that lets it pass answers 429 with Retry-After."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(429, "queue_full", message, retry_after=retry_after)
