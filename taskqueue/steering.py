"""What people may do to a task."""

from django.db import IntegrityError, transaction

from taskqueue import coalescing
from taskqueue.admission import admit
from taskqueue.enqueue import dispatch
from taskqueue.errors import WrongState
from taskqueue.models import AITask, TaskEvent
from taskqueue.registry import spec_of

ON_ITS_WAY = "The same work is already on its way."


def cancel(task: AITask) -> None:
    """End a waiting or running task and keep what its run had said so far; WrongState when it ended before."""
    with transaction.atomic():
        task.cancel()
        keep = spec_of(task.task_type).load_keep_stopped()
        if keep and (text := TaskEvent.objects.text_of_stopped(task)):
            keep(task, text)


def retry(task: AITask) -> None:
    """Run a failed or cancelled task again with fresh attempts.

    Raises WrongState when it is neither, or when the same work, or newer of its coalesce key, is already on its way;
    QueueFull when there is no room.
    """
    with transaction.atomic():
        admit(task.user_id)
        if task.coalesce_key and coalescing.of(task.task_type, task.coalesce_key).active().exists():
            raise WrongState(ON_ITS_WAY)
        try:
            with transaction.atomic():
                task.reopen()
        except IntegrityError:
            raise WrongState(ON_ITS_WAY) from None
        dispatch(task)
