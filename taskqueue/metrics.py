"""The queue in Prometheus' text format, read from the database at every scrape, so that any process can answer."""

import secrets
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Avg, Count, F, Min, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from core.api import ApiError
from core.models import LLMCall
from taskqueue.estimates import kept
from taskqueue.models import AITask, TaskStatus
from taskqueue.overview import pools
from taskqueue.retention import RETENTION


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer a scrape by staff, or by whoever knows METRICS_TOKEN (`Authorization: Bearer …`)."""
    if not may_scrape(request.user, request.headers.get("Authorization", "")):
        return ApiError(403, "forbidden", "Sign in as staff, or send METRICS_TOKEN.").answer(
            request
        )
    registry = CollectorRegistry()
    registry.register(QueueCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def may_scrape(user: User | AnonymousUser, authorization: str) -> bool:
    """Whether these credentials open the metrics; an empty METRICS_TOKEN opens them to staff only."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    known = secrets.compare_digest(authorization.encode(), expected.encode())
    return user.is_staff or (bool(settings.METRICS_TOKEN) and known)


class QueueCollector(Collector):
    """One look at the queue and the ledger. Counters count rows and shrink only when rows are pruned."""

    def collect(self) -> Iterator[Metric]:
        yield self._tasks()
        yield self._oldest_pending()
        yield self._run_seconds()
        yield from self._pools()
        yield self._ranges()
        yield self._calls()
        yield from self._tokens()
        yield from self._money()

    def _tasks(self) -> Metric:
        family = GaugeMetricFamily(
            "techtree_tasks", "AI tasks by type and status.", labels=["task_type", "status"]
        )
        counts = AITask.objects.order_by().values_list("task_type", "status").annotate(Count("pk"))
        for task_type, status, count in counts:
            family.add_metric([task_type, status], count)
        return family

    def _pools(self) -> Iterator[Metric]:
        width = GaugeMetricFamily(
            "techtree_pool_width", "Runs that workers let be under way at once.", labels=["pool"]
        )
        paused = GaugeMetricFamily(
            "techtree_pool_paused_seconds", "Until the provider may be called.", labels=["pool"]
        )
        for pool in pools():
            width.add_metric([pool.name], pool.width)
            until = pool.paused_until
            left = (until - timezone.now()).total_seconds() if until else 0.0
            paused.add_metric([pool.name], left)
        yield from (width, paused)

    def _oldest_pending(self) -> Metric:
        family = GaugeMetricFamily(
            "techtree_oldest_pending_seconds",
            "Age of the oldest task that could run now.",
            labels=["task_type"],
        )
        oldest = AITask.objects.ready().order_by().values_list("task_type")
        for task_type, created_at in oldest.annotate(Min("created_at")):
            family.add_metric([task_type], (timezone.now() - created_at).total_seconds())
        return family

    def _run_seconds(self) -> Metric:
        family = GaugeMetricFamily(
            "techtree_run_seconds", "Mean run time of completed tasks.", labels=["task_type"]
        )
        done = AITask.objects.filter(status=TaskStatus.COMPLETED, started_at__isnull=False)
        means = done.order_by().values_list("task_type")
        for task_type, mean in means.annotate(mean=Avg(F("finished_at") - F("started_at"))):
            family.add_metric([task_type], mean.total_seconds())
        return family

    def _ranges(self) -> Metric:
        family = GaugeMetricFamily(
            "techtree_ranges",
            "Ranges of time shown at submission in the last 30 days, by whether the end fell inside.",
            labels=["task_type", "model", "inside"],
        )
        for row in kept(timezone.now() - RETENTION):
            of = [row["task_type"], row["model"]]
            family.add_metric([*of, "true"], row["inside"])
            family.add_metric([*of, "false"], row["shown"] - row["inside"])
        return family

    def _calls(self) -> Metric:
        family = CounterMetricFamily(
            "techtree_model_calls", "Calls to a model.", labels=["provider", "model", "outcome"]
        )
        counts = LLMCall.objects.order_by().values_list("provider", "model", "outcome")
        for provider, model, outcome, count in counts.annotate(Count("pk")):
            family.add_metric([provider, model, outcome], count)
        return family

    def _tokens(self) -> Iterator[Metric]:
        sums = LLMCall.objects.order_by().values_list("provider", "model")
        rows = list(sums.annotate(Sum("tokens_in"), Sum("tokens_out")))
        for column, direction in ((2, "in"), (3, "out")):
            family = CounterMetricFamily(
                f"techtree_tokens_{direction}", "Tokens, as reported.", labels=["provider", "model"]
            )
            for row in rows:
                family.add_metric(row[:2], row[column] or 0)
            yield family

    def _money(self) -> Iterator[Metric]:
        sums = (
            LLMCall.objects.filter(cost__isnull=False).order_by().values_list("provider", "model")
        )
        rows = list(sums.annotate(spent=Sum("cost"), not_spent=Sum(F("cost") * F("replays"))))
        for column, name, meaning in (
            (
                2,
                "techtree_model_cost",
                "Money spent, by LLM_PRICES; calls without a price are left out.",
            ),
            (3, "techtree_model_cost_not_spent", "Money that replaying finished calls has saved."),
        ):
            family = CounterMetricFamily(name, meaning, labels=["provider", "model"])
            for row in rows:
                family.add_metric(row[:2], float(row[column]))
            yield family
