"""What people may do to a task."""

from django.db import IntegrityError, transaction

from taskqueue.admission import admit
from taskqueue.enqueue import dispatch
from taskqueue.errors import WrongState
from taskqueue.models import AITask, TaskEvent
from taskqueue.registry import spec_of


def cancel(task: AITask) -> None:
    """End a waiting or running task and keep what its run had said so far; WrongState when it ended before."""
    with transaction.atomic():
        task.cancel()
        keep = spec_of(task.task_type).load_keep_stopped()
        if keep and (text := TaskEvent.objects.text_of_stopped(task)):
            keep(task, text)


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
