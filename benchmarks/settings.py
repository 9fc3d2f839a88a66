"""The project's settings, with the benchmarks' task type."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as APPS

INSTALLED_APPS = [*APPS, "benchmarks.apps.BenchmarksConfig"]
LOGGING: dict[str, object] = {"version": 1, "disable_existing_loggers": True}
