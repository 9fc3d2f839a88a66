"""What a learner reads in a lesson."""

import uuid

from django.db import models

from core.models.course import Lesson


class LessonContentQuerySet(models.QuerySet["LessonContent"]):
    def current(self) -> "LessonContentQuerySet":
        return self.filter(is_current=True)


class LessonContent(models.Model):
    """One version of a lesson's text. Older versions stay; exactly one may be current."""

    content_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="contents")
    exposition = models.TextField(help_text="Markdown with LaTeX between dollar signs.")
    is_current = models.BooleanField(default=True)
    task_id = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    model = models.CharField(max_length=100, blank=True, default="")
    prompt_version = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = LessonContentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["lesson"],
                condition=models.Q(is_current=True),
                name="lesson_content_one_current",
            ),
            models.CheckConstraint(
                condition=~models.Q(exposition=""), name="lesson_content_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lesson} ({self.created_at:%Y-%m-%d %H:%M})"
