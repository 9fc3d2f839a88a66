"""The kinds of work there are and the states it goes through."""

from django.db import models


class TaskType(models.TextChoices):
    SYLLABUS_GENERATION = "syllabus_generation", "Course outline"
    LESSON_CONTENT = "lesson_content", "Lesson text"
    LESSON_INTERACTION = "lesson_interaction", "Tutor's answer"


class TaskStatus(models.TextChoices):
    PENDING = "pending", "Waiting"
    PROCESSING = "processing", "Running"
    COMPLETED = "completed", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


ACTIVE = (TaskStatus.PENDING, TaskStatus.PROCESSING)
FINAL = (TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED)


def task_type_choices() -> list[tuple[str, str]]:
    """Return the types as a field's choices; being a function, a new type needs no migration."""
    return list(TaskType.choices)
