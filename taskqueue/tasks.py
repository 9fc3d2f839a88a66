"""The queue's entry points, found by django-background-tasks."""

from background_task import background


@background  # type: ignore[untyped-decorator]
def process_ai_task(task_id: str, ticket: int | None = None) -> None:
    """Run one attempt of the AITask `task_id`, unless a newer queue row (`ticket`) has taken this one's place."""
    from taskqueue.running import run

    run(task_id, ticket)


@background  # type: ignore[untyped-decorator]
def run_prune() -> None:
    """Apply the retention rules; each of them logs its own failure."""
    from taskqueue.retention import prune

    prune()


@background  # type: ignore[untyped-decorator]
def send_notice(task_id: str) -> None:
    """Tell the learner by e-mail how the AITask `task_id` ended."""
    from taskqueue.notices import send

    send(task_id)
