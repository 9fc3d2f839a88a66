"""A pool is as wide as its provider bears."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models import LLMCall
from taskqueue.engine.latency import Latencies
from taskqueue.engine.widths import QUIET, Widths
from taskqueue.models import Worker
from tests.taskqueue.engine.conftest import until


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def widths(clock):
    return Widths({"bulk": 16, "interactive": 4}, clock)


def test_congestion_halves_one_pool(widths, clock):
    assert widths.fall("bulk", sent=clock.time)

    assert widths.all() == {"bulk": 8, "interactive": 4}


def test_what_was_sent_before_the_fall_is_no_news(widths, clock):
    widths.fall("bulk", sent=clock.time - 1)

    assert not widths.fall("bulk", sent=clock.time - 0.5)
    assert widths.now("bulk") == 8


def test_quiet_gives_one_more_at_a_time_up_to_all(widths, clock):
    widths.fall("bulk", sent=clock.time)
    clock.time += QUIET - 1
    assert widths.now("bulk") == 8
    assert widths.seconds_to_growth() == 1
    clock.time += 1
    assert widths.now("bulk") == 9
    clock.time += 7 * QUIET
    assert widths.now("bulk") == 16
    assert widths.seconds_to_growth() == float("inf")


def test_a_pause_is_no_quiet(widths, clock):
    widths.fall("bulk", sent=clock.time, pause=60)
    clock.time += 60 + QUIET - 1
    assert widths.now("bulk") == 8
    clock.time += 1
    assert widths.now("bulk") == 9


@given(steps=st.lists(st.tuples(st.booleans(), st.floats(0, 100)), max_size=40))
def test_it_never_closes_and_never_grows_past_what_there_is(steps):
    clock = Clock()
    widths = Widths({"bulk": 7}, clock)
    seen = [7]
    for falls, seconds in steps:
        clock.time += seconds
        if falls:
            widths.fall("bulk", sent=clock.time)
        seen.append(widths.now("bulk"))
    assert all(1 <= width <= 7 for width in seen)
    assert all(after >= before // 2 for before, after in pairwise(seen))


def test_a_busy_provider_makes_a_worker_narrower(workers, put):
    workers.start("--skip-checks", "--pool", "bulk=4")

    put("busy", wait=0)

    until(lambda: Worker.objects.filter(widths={"bulk": 2}).exists())
    assert "The provider is busy: bulk runs 2 at once" in workers.said()


def call(task, latency_ms):
    LLMCall.objects.create(
        task_id=task.pk, ordinal=LLMCall.objects.count() + 1, request_hash="x", role="large",
        provider="openai", model="m", prompt="p", prompt_version="1", latency_ms=latency_ms,
        outcome=LLMCall.Outcome.OK,
    )  # fmt: skip


def test_calls_over_twice_as_long_as_usual_are_noticed(put):
    task, latencies = put("noop").task, Latencies()
    for _ in range(20):
        call(task, 100)
    assert latencies.slow_pools() == {}

    for _ in range(3):
        call(task, 199)
    assert latencies.slow_pools() == {}
    for _ in range(2):
        call(task, 900)
    assert latencies.slow_pools() == {}, "two are no evidence"
    for _ in range(3):
        call(task, 900)

    assert set(latencies.slow_pools()) == {"bulk"}
    assert latencies.slow_pools() == {}, "nothing new"


def test_what_is_usual_is_learned_before_anything_is_judged(put):
    task, latencies = put("noop").task, Latencies()
    call(task, 100)
    latencies.slow_pools()

    for _ in range(8):
        call(task, 900)

    assert latencies.slow_pools() == {}
