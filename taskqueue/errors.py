"""How the queue says no."""

from core.errors import PermanentError


class LeaseLost(Exception):
    """Another run owns this task now, or it was cancelled; nothing of this run may be saved."""


class WrongState(Exception):
    """The task is not in a state that allows this."""


class InvalidInput(PermanentError):
    """This request cannot be carried out as it was written."""

    code = "invalid_input"
