"""The queue's entry points, found by django-background-tasks."""

from background_task import background


@background  # type: ignore[untyped-decorator]
def process_ai_task(task_id: str, ticket: int | None = None) -> None:
    """Run one attempt of the AITask `task_id`, unless a newer queue row (`ticket`) has taken this one's place."""
    from taskqueue.running import run

    run(task_id, ticket)


@background  # type: ignore[untyped-decorator]
def run_prune() -> None:
    """Apply the retention rules; where one of them failed, which it has logged, all are tried again soon."""
    from taskqueue.retention import prune

    failed = [name for name, count in prune().items() if count is None]
    if failed:
        raise RuntimeError(f"Not everything was pruned: {', '.join(failed)}.")


@background  # type: ignore[untyped-decorator]
def send_notice(task_id: str) -> None:
    """Tell the learner by e-mail how the AITask `task_id` ended."""
    from taskqueue.notices import send

    send(task_id)
