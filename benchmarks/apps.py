"""The task type that benchmarks run: the whole life of an AITask around no work at all."""

from django.apps import AppConfig


class BenchmarksConfig(AppConfig):
    name = "benchmarks"

    def ready(self) -> None:
        from taskqueue.registry import REGISTRY, Priority, TaskSpec
        from taskqueue.retry import RetryPolicy

        work = "benchmarks.work.nothing"
        REGISTRY["nothing"] = TaskSpec(work, work, "bulk", Priority.BULK, RetryPolicy())
