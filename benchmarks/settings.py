"""The project's settings, with the benchmarks' task types and room for a hundred thousand tasks."""

import os

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as APPS

INSTALLED_APPS = [*APPS, "benchmarks.apps.BenchmarksConfig"]
LOGGING: dict[str, object] = {"version": 1, "disable_existing_loggers": True}
TASK_MAX_PENDING = 10**6

# The library's worker runs one task after another, or in so many threads.
if THREADS := os.environ.get("BENCH_LIBRARY_THREADS"):
    BACKGROUND_TASK_RUN_ASYNC, BACKGROUND_TASK_ASYNC_THREADS = True, int(THREADS)
