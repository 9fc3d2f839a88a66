from taskqueue.models.ai_task import AITask
from taskqueue.models.pause import Pause
from taskqueue.models.task_event import TaskEvent
from taskqueue.models.worker import Worker
from taskqueue.types import TaskStatus, TaskType

__all__ = ["AITask", "Pause", "TaskEvent", "TaskStatus", "TaskType", "Worker"]
