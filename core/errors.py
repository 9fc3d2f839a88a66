"""The two families of failure that a task can meet: worth another try, or not."""


class TaskError(Exception):
    """Something went wrong."""

    code = "error"

    def __init__(self, message: str | None = None) -> None:
        """Keep `message`, text a learner may read; the class docstring is its default."""
        super().__init__(message or (self.__doc__ or "").strip())

    @property
    def message(self) -> str:
        """Text a learner may read; never a traceback or a provider's raw answer."""
        return str(self.args[0])


class PermanentError(TaskError):
    """This cannot succeed, however often it is tried."""

    code = "permanent"


class RetryableError(TaskError):
    """This did not work now and may work later."""

    code = "retryable"

    def __init__(self, message: str | None = None, *, retry_after: float | None = None) -> None:
        """Keep `retry_after`, the seconds the provider asked us to wait, if it did."""
        super().__init__(message)
        self.retry_after = retry_after
