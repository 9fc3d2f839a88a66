"""What people may do to a task."""

from django.db import IntegrityError, transaction

from taskqueue.admission import admit
from taskqueue.enqueue import dispatch
from taskqueue.errors import WrongState
from taskqueue.models import AITask


def retry(task: AITask) -> None:
    """Run a failed or cancelled task again with fresh attempts.

    Raises WrongState when it is neither, or when the same work is already on its way; QueueFull when there is no
    room.
    """
    with transaction.atomic():
        admit(task.user_id)
        try:
            with transaction.atomic():
                task.reopen()
        except IntegrityError:
            raise WrongState("The same work is already on its way.") from None
        dispatch(task)
