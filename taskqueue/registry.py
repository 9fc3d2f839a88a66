"""Which code does which kind of work. Names are dotted paths, so that listing work loads none of it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from django.utils.module_loading import import_string

from taskqueue.places import Place
from taskqueue.retry import RetryPolicy
from taskqueue.types import TaskType

if TYPE_CHECKING:
    from taskqueue.models import AITask

Processor = Callable[["AITask"], dict[str, Any]]
Presenter = Callable[["AITask"], dict[str, Any]]
Placer = Callable[["AITask"], Place | None]
KeepStopped = Callable[["AITask", str], None]


class Priority(IntEnum):
    """Who waits for the work; higher runs first."""

    INTERACTIVE = 30
    WAITING = 20
    BULK = 10
    HOUSEKEEPING = 0


@dataclass(frozen=True)
class TaskSpec:
    """Everything the queue knows of a kind of work.

    `processor` does it, in a worker: AITask → JSON-able result. `presenter` shows a completed task, in a web
    process: AITask → `{"html": …}` or `{"redirect_url": …}`. `place` says where a learner finds the work: AITask →
    Place, or None when it is gone. `keep_stopped`, if there is one, saves what a run had said when somebody stopped it:
    (AITask, text) → None, in the cancelling transaction; `presenter` shows that too.
    """

    processor: str
    presenter: str
    pool: str
    priority: Priority
    retry: RetryPolicy
    place: str = "taskqueue.places.nowhere"
    keep_stopped: str = ""

    def load_processor(self) -> Processor:
        processor: Processor = import_string(self.processor)
        return processor

    def load_presenter(self) -> Presenter:
        presenter: Presenter = import_string(self.presenter)
        return presenter

    def load_place(self) -> Placer:
        placer: Placer = import_string(self.place)
        return placer

    def load_keep_stopped(self) -> KeepStopped | None:
        return import_string(self.keep_stopped) if self.keep_stopped else None

    @property
    def paths(self) -> list[str]:
        """Every dotted path the row names."""
        return [
            path for path in (self.processor, self.presenter, self.place, self.keep_stopped) if path
        ]


REGISTRY: dict[str, TaskSpec] = {
    TaskType.SYLLABUS_GENERATION: TaskSpec(
        processor="taskqueue.processors.syllabus_processor.process_syllabus_generation",
        presenter="syllabus.presenters.present_syllabus",
        place="syllabus.presenters.place_of_syllabus",
        pool="bulk",
        priority=Priority.WAITING,
        retry=RetryPolicy(base=15, factor=8),
    ),
    TaskType.LESSON_CONTENT: TaskSpec(
        processor="taskqueue.processors.lesson_processor.process_lesson_content",
        presenter="lessons.presenters.present_content",
        place="lessons.presenters.place_of_content",
        pool="bulk",
        priority=Priority.WAITING,
        retry=RetryPolicy(base=15, factor=8),
    ),
    TaskType.LESSON_INTERACTION: TaskSpec(
        processor="taskqueue.processors.interaction_processor.process_lesson_interaction",
        presenter="lessons.presenters.present_turn",
        place="lessons.presenters.place_of_turn",
        pool="interactive",
        priority=Priority.INTERACTIVE,
        retry=RetryPolicy(base=2, factor=4),
        keep_stopped="lessons.conversation.keep_stopped",
    ),
}


def spec_of(task_type: str) -> TaskSpec:
    """Return the row of a task type; KeyError when there is none."""
    return REGISTRY[task_type]


def place_of(task: "AITask") -> Place | None:
    """Return where the task's work is found, None when it is gone."""
    return spec_of(task.task_type).load_place()(task)
