"""Ranges of time, tried on queues that are simulated with a clock of their own: no second of it is waited for."""

import heapq
import random

import pytest

from taskqueue.forecast import (
    ENOUGH,
    FEWEST,
    Forecast,
    History,
    of_running,
    of_waiting,
    seconds_to_start,
)

REMEMBERED = 200


def simulate(arrivals, run_time, slots, retries=0.0, seed=1):
    """Return (shown, forecast, seconds to the end) of every arrival in a queue of `slots` servers.

    `run_time(chance, now)` draws a run; with the chance of `retries` it takes a second one after fifteen seconds.
    """
    chance = random.Random(seed)
    free, running, waiting_until = [0.0] * slots, [], []
    runs, ratios, ended, told = [], [], [], []
    for now in arrivals:
        while ended and ended[0][0] <= now:
            end, born, typical, run = heapq.heappop(ended)
            runs.append(run)
            if typical is not None:
                ratios.append((end - born) / typical)
        running = [end for end in running if end > now]
        waiting_until = [start for start in waiting_until if start > now]
        history = History(sorted(runs[-REMEMBERED:]), sorted(ratios[-REMEMBERED:]))
        wait = seconds_to_start(
            history, len(waiting_until), len(running) - len(waiting_until), slots
        )
        found = of_waiting(history, wait)
        run = run_time(chance, now)
        start = max(now, heapq.heappop(free))
        end = start + run
        heapq.heappush(free, end)
        running.append(end)
        if start > now:
            waiting_until.append(start)
        if chance.random() < retries:
            end += 15 + run
        heapq.heappush(ended, (end, now, found.typical if found else None, run))
        told.append((found, end - now))
    return told


def hit_rate(told):
    judged = [found.low <= took <= found.high for found, took in told if found]
    assert len(judged) >= len(told) - 60, "most are shown a range"
    return sum(judged) / len(judged)


def steady(count, every, seed=2):
    chance, now = random.Random(seed), 0.0
    for _ in range(count):
        now += chance.expovariate(1 / every)
        yield now


def in_bursts(count, size, pause):
    return (number // size * pause + number % size * 0.01 for number in range(count))


def lognormal(median, spread):
    return lambda chance, now: median * chance.lognormvariate(0, spread)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("name", "arrivals", "run_time", "slots", "retries"),
    [
        ("idle", lambda: steady(800, every=10), lognormal(20, 0.4), 16, 0.0),
        ("busy", lambda: steady(800, every=2.4), lognormal(20, 0.4), 10, 0.0),
        ("overloaded in bursts", lambda: in_bursts(800, 60, 200), lognormal(20, 0.5), 8, 0.0),
        ("one slot", lambda: in_bursts(600, 12, 150), lognormal(10, 0.3), 1, 0.0),
        ("retried", lambda: steady(800, every=10), lognormal(20, 0.4), 16, 0.1),
        ("heavy tail", lambda: steady(800, every=6), lognormal(8, 1.0), 16, 0.05),
        (
            "the model gets slower",
            lambda: steady(800, every=10),
            lambda chance, now: (10 + now / 400) * chance.lognormvariate(0, 0.3),
            16,
            0.0,
        ),
    ],
)
def test_four_of_five_ends_fall_inside(name, arrivals, run_time, slots, retries, seed):
    told = simulate(arrivals(), run_time, slots, retries, seed)

    assert hit_rate(told) >= 0.8


def test_the_range_is_worth_something():
    told = simulate(steady(800, every=10), lognormal(20, 0.3), slots=16)

    widths = sorted(found.high / max(1, found.low) for found, _ in told[300:])
    assert widths[len(widths) // 2] < 4


def test_too_little_is_said_as_such():
    history = History([1.0] * (FEWEST - 1))

    assert of_waiting(history, 0) is None
    assert of_running(history, 0.5) is None


def test_a_few_runs_make_a_wide_range_and_many_a_narrow_one():
    few = of_waiting(History([8.0, 9.0, 10.0, 11.0, 12.0]), 0)
    many = of_waiting(History([8.0, *[10.0] * 60, 30.0]), 0)

    assert few == Forecast(4, 24, 10.0)
    assert many == Forecast(10, 10 + 1, 10.0)


def test_forecasts_that_were_too_short_make_the_next_ones_longer():
    runs = [10.0] * ENOUGH

    assert of_waiting(History(runs, [2.0] * ENOUGH), 0).low == 20


def test_a_running_task_is_judged_by_those_that_took_longer():
    history = History([float(seconds) for seconds in range(1, 41)])

    assert of_running(history, 0.0).high > of_running(history, 30.0).high
    assert of_running(history, 40.0) == Forecast(0, 40, 40.0)


@pytest.mark.parametrize(
    ("ahead", "busy", "slots", "expected"),
    [(0, 0, 4, 0), (3, 0, 4, 0), (4, 0, 4, 2.5), (0, 4, 4, 2.5), (7, 4, 4, 20.0), (0, 0, 0, 10.0)],
)
def test_a_wait_is_as_many_ends_as_there_are_others_too_many(ahead, busy, slots, expected):
    assert seconds_to_start(History([10.0] * 5), ahead, busy, slots) == expected
