"""A wrong registry row is found at boot, by name."""

import pytest
from django.core import checks

from taskqueue.checks import registry_is_complete, registry_paths_exist, registry_paths_resolve
from taskqueue.registry import REGISTRY, Priority, TaskSpec
from taskqueue.retry import RetryPolicy
from taskqueue.types import TaskType


def spec(processor: str) -> TaskSpec:
    presenter = "tests.taskqueue.work.present_echo"
    return TaskSpec(processor, presenter, "bulk", Priority.BULK, RetryPolicy())


def test_the_real_registry_is_sound():
    assert not checks.run_checks(tags=["taskqueue"], include_deployment_checks=True)


def test_a_type_without_a_row(monkeypatch):
    monkeypatch.delitem(REGISTRY, TaskType.LESSON_CONTENT)

    assert "lesson_content" in registry_is_complete()[0].msg


def test_a_module_that_is_not_there(monkeypatch):
    monkeypatch.setitem(REGISTRY, "lost", spec("nowhere.at_all.work"))

    assert any("nowhere.at_all" in error.msg for error in registry_paths_exist())


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("tests.taskqueue.work.missing", "AttributeError"),
        ("tests.taskqueue.broken_module.work", "this module is broken"),
        ("tests.taskqueue.work.__name__", "not callable"),
    ],
)
def test_a_path_that_does_not_resolve(monkeypatch, path, says):
    monkeypatch.setitem(REGISTRY, "wrong", spec(path))

    (error,) = (error for error in registry_paths_resolve() if "'wrong'" in error.msg)
    assert says in error.msg
    assert path in error.msg
