"""System checks: a wrong registry row stops the process at boot, loudly, instead of idling in silence."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.core.checks import CheckMessage, Error, register

from taskqueue.registry import REGISTRY
from taskqueue.types import TaskType


@register("taskqueue")
def registry_is_complete(**kwargs: Any) -> list[CheckMessage]:
    """Every task type has a row."""
    missing = set(TaskType.values) - set(REGISTRY)
    return [
        Error(f"TaskType {name!r} has no row in taskqueue.registry.", id="taskqueue.E001")
        for name in sorted(missing)
    ]


@register("taskqueue")
def registry_paths_exist(**kwargs: Any) -> Sequence[CheckMessage]:
    """Every dotted path has a module; processors are found, not imported, since they load LangGraph."""
    return [
        Error(f"Task type {name!r}: there is no module {module!r}.", id="taskqueue.E002")
        for name, spec in REGISTRY.items()
        for module in (path.rpartition(".")[0] for path in spec.paths)
        if not _module_exists(module)
    ]


@register("taskqueue", deploy=True)
def registry_paths_resolve(**kwargs: Any) -> Sequence[CheckMessage]:
    """Every dotted path names something callable; run by workers at boot and by `check --deploy`."""
    return [
        Error(f"Task type {name!r}: {path} does not resolve: {problem}.", id="taskqueue.E003")
        for name, spec in REGISTRY.items()
        for path in spec.paths
        if (problem := _problem_with(path))
    ]


def _module_exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ImportError:
        return False


def _problem_with(path: str) -> str:
    module, _, name = path.rpartition(".")
    try:
        found = getattr(import_module(module), name)
    except Exception as error:  # whatever a broken module raises is the answer
        return repr(error)
    return "" if callable(found) else "it is not callable"
