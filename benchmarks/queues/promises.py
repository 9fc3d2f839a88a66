"""What is promised of our queue, as bounds on figures and on ratios of figures of one run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Figures = Mapping[str, Mapping[str, float]]

SQLITE, POSTGRESQL = "ours, SQLite", "ours, PostgreSQL"
LEASE = 15.0  # TASK_LEASE_SECONDS as it comes


@dataclass(frozen=True)
class Promise:
    """A bound; `measure` returns None where what it needs was not measured."""

    name: str
    measure: Callable[[Figures], float | None]
    sign: str
    bound: float
    unit: str

    def holds(self, found: float) -> bool:
        return found >= self.bound if self.sign == "≥" else found <= self.bound


def _figure(of: str, name: str, times: float = 1.0) -> Callable[[Figures], float | None]:
    def measure(results: Figures) -> float | None:
        value = results.get(of, {}).get(name)
        return None if value is None else times * value

    return measure


def _ratio(of: str, name: str, to: str, other: str = "") -> Callable[[Figures], float | None]:
    def measure(results: Figures) -> float | None:
        above, below = _figure(of, name)(results), _figure(to, other or name)(results)
        return None if above is None or not below else above / below

    return measure


def _of_both(
    name: str, figure: str, times: float, sign: str, bounds: tuple[float, float], unit: str
) -> list[Promise]:
    """Return the promise of a figure on PostgreSQL and the one on SQLite."""
    return [
        Promise(
            f"{name}, {of.removeprefix('ours, ')}", _figure(of, figure, times), sign, bound, unit
        )
        for of, bound in zip((POSTGRESQL, SQLITE), bounds, strict=True)
    ]


def _ratios() -> list[Promise]:
    found = [
        Promise(
            "drain, PostgreSQL : Procrastinate",
            _ratio(POSTGRESQL, "drain", "Procrastinate"),
            "≥",
            4,
            "×",
        ),
        Promise(
            "drain, PostgreSQL : library",
            _ratio(POSTGRESQL, "drain", "library, PostgreSQL"),
            "≥",
            100,
            "×",
        ),
        Promise("drain, SQLite : Huey", _ratio(SQLITE, "drain", "Huey, SQLite"), "≥", 1.2, "×"),
    ]
    for of in (POSTGRESQL, SQLITE):
        on = of.removeprefix("ours, ")
        celery = _ratio(of, "pickup p50", "Celery, Redis")
        deep = _ratio(of, "life at 100000", of, "life at 100")
        found.append(Promise(f"pickup p50, {on} : Celery", celery, "≤", 1.5, "×"))
        found.append(Promise(f"a task's life at 100,000 : at 100, {on}", deep, "≤", 1.5, "×"))
    return found


PROMISES = [
    *_of_both("pickup p50", "pickup p50", 1000, "≤", (6, 5), " ms"),
    *_of_both("pickup p95", "pickup p95", 1000, "≤", (12, 12), " ms"),
    *_ratios(),
    *_of_both("fifty one-second tasks", "fifty of a second", 1, "≤", (1.06, 1.06), " s"),
    *_of_both("enqueue p95", "enqueue p95", 1000, "≤", (5, 10), " ms"),
    *_of_both("kill -9, same host", "recovery, same host", 1, "≤", (1, 1), " s"),
    *_of_both("kill -9, other host", "recovery, other host", 1, "≤", (LEASE, LEASE), " s"),
    *_of_both("idle memory", "idle memory", 1, "≤", (60, 60), " MB"),
    *_of_both("idle processor", "idle processor", 100, "≤", (2, 2), " %"),
    *_of_both("tasks run twice", "run twice", 1, "≤", (0, 0), ""),
]
