"""The task types that benchmarks run."""

from django.apps import AppConfig


class BenchmarksConfig(AppConfig):
    name = "benchmarks"

    def ready(self) -> None:
        from taskqueue.registry import REGISTRY, Priority, TaskSpec
        from taskqueue.retry import RetryPolicy

        for kind in ("noted", "thinking"):
            work = f"benchmarks.work.{kind}"
            REGISTRY[kind] = TaskSpec(work, work, "bulk", Priority.BULK, RetryPolicy(base=2.0))
