"""Task types whose runs can be watched from outside: they leave files where their input says."""

import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from core.errors import RetryableError
from core.llm.door import open_door
from core.llm.prompt import Prompt
from core.llm.scope import current_scope
from taskqueue.models import AITask
from taskqueue.registry import Priority, TaskSpec
from taskqueue.retry import RetryPolicy

PATIENCE = 60.0


def noop(task: AITask) -> dict[str, Any]:
    return {"n": task.input_data.get("n"), "at": time.time()}


def note(task: AITask) -> dict[str, Any]:
    """Leave a file for this attempt, with the pid that ran it."""
    _leave(task, f"{task.attempt}")
    return {"attempt": task.attempt}


def wait(task: AITask) -> dict[str, Any]:
    """Leave a file, then work until the file `go` appears; leave another when the task was lost meanwhile."""
    _leave(task, f"{task.attempt}")
    end = time.monotonic() + PATIENCE
    while not (_folder(task) / "go").exists():
        assert time.monotonic() < end
        try:
            _check()
        except Exception:
            _leave(task, f"{task.attempt}-lost")
            raise
        time.sleep(0.02)
    return {"attempt": task.attempt}


def stuck(task: AITask) -> dict[str, Any]:
    """Work until the file `go`, or one of its own, appears and look at nothing else, as a hanging call would."""
    _leave(task, f"{task.attempt}")
    end = time.monotonic() + PATIENCE
    folder = _folder(task)
    while not ((folder / "go").exists() or (folder / f"{task.pk}-go").exists()):
        assert time.monotonic() < end
        time.sleep(0.02)
    _leave(task, f"{task.attempt}-over")
    return {"attempt": task.attempt}


def deadly(task: AITask) -> dict[str, Any]:
    """Kill the worker, in as many attempts as the input says."""
    _leave(task, f"{task.attempt}")
    if task.attempt <= task.input_data["deaths"]:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"attempt": task.attempt}


def unstorable(task: AITask) -> dict[str, Any]:
    """Return what Python calls JSON and no database does."""
    return {"value": float("nan")}


def loud(task: AITask) -> dict[str, Any]:
    print("heard on stdout")  # noqa: T201
    return {}


def garbled(task: AITask) -> dict[str, Any]:
    raise RetryableError("It said \0 and \ud800.")


def busy(task: AITask) -> dict[str, Any]:
    if task.attempt == 1:
        raise RetryableError("The provider is busy.", retry_after=task.input_data["wait"])
    return note(task)


def speak(task: AITask) -> dict[str, Any]:
    """Let a model write and return what it wrote."""
    _leave(task, f"{task.attempt}")
    prompt = Prompt("test.speak", "1", system="Speak.", user=task.input_data["say"])
    return {"text": open_door("large").write(prompt).text}


class Form(BaseModel):
    words: list[str]


def fill(task: AITask) -> dict[str, Any]:
    """Let a model fill a form and tell of it as it grows."""

    def tell(part: dict[str, Any]) -> bool:
        task.report("Writing", len(part.get("words", [])), 20)
        return True

    _leave(task, f"{task.attempt}")
    prompt = Prompt("test.fill", "1", system="Fill it.", user=task.input_data["say"])
    return open_door("large").fill(prompt, Form, on_part=tell).model_dump()


def present(task: AITask) -> dict[str, Any]:
    return {"html": ""}


def _folder(task: AITask) -> Path:
    return Path(task.input_data["folder"])


def _leave(task: AITask, name: str) -> None:
    file = _folder(task) / f"{task.pk}-{name}"
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.write_text(str(os.getpid()))
    unfinished.rename(file)  # whoever sees it finds the whole of it


def _check() -> None:
    scope = current_scope.get()
    assert scope is not None
    assert scope.check is not None
    scope.check()


SPECS = {
    kind.__name__: TaskSpec(
        processor=f"{__name__}.{kind.__name__}",
        presenter=f"{__name__}.present",
        pool="bulk",
        priority=Priority.BULK,
        retry=RetryPolicy(base=60),
    )
    for kind in (noop, note, wait, stuck, deadly, unstorable, loud, garbled, busy, speak, fill)
}
for kind in ("note", "stuck"):
    SPECS[f"tutor_{kind}"] = replace(SPECS[kind], pool="interactive", priority=Priority.INTERACTIVE)
