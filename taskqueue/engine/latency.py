"""Seeing in the ledger that a provider slows down, before it says so."""

import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from statistics import median

from django.utils import timezone

from core.models import LLMCall
from taskqueue.models import AITask
from taskqueue.registry import REGISTRY

MEMORY = 200
ENOUGH = 10
TOO_SLOW = 2.0
FRESH = 3


@dataclass
class Latencies:
    """The running median of each model's calls, kept apart by prompt, for a course takes longer than an answer."""

    _usual: dict[tuple[str, str], deque[int]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=MEMORY))
    )
    _seen: int | None = None

    def slow_pools(self) -> dict[str, float]:
        """Look at the calls that ended since the last look; return the pools in which they took over twice as long as
        usual, and when the latest of these was sent, by the monotonic clock.

        Fewer than three calls of a pool are no evidence. The first look only learns.
        """
        calls = LLMCall.objects.filter(outcome=LLMCall.Outcome.OK, task_id__isnull=False)
        first = self._seen is None
        fresh = calls.order_by("-pk")[:MEMORY] if first else calls.filter(pk__gt=self._seen)
        ended = sorted(fresh, key=lambda call: call.pk)
        found: dict[str, list[tuple[float, float]]] = defaultdict(list)
        pools = {} if first else _pools_of(ended)
        for call in ended:
            usual = self._usual[call.model, call.prompt]
            if len(usual) >= ENOUGH and call.task_id in pools:
                ratio = call.latency_ms / max(1.0, median(usual))
                found[pools[call.task_id]].append((ratio, _sent(call)))
            usual.append(call.latency_ms)
        self._seen = ended[-1].pk if ended else self._seen or 0
        return {
            pool: max(sent for _, sent in seen)
            for pool, seen in found.items()
            if len(seen) >= FRESH and median(ratio for ratio, _ in seen) > TOO_SLOW
        }


def _pools_of(calls: list[LLMCall]) -> dict[object, str]:
    if not calls:
        return {}
    tasks = AITask.objects.filter(task_id__in={call.task_id for call in calls})
    types = tasks.values_list("task_id", "task_type")
    return {task_id: REGISTRY[kind].pool for task_id, kind in types if kind in REGISTRY}


def _sent(call: LLMCall) -> float:
    ago = (timezone.now() - call.created_at).total_seconds() + call.latency_ms / 1000
    return time.monotonic() - ago
