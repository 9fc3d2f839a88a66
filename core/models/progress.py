"""How far a learner has come in a lesson."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.models.course import Lesson


class ProgressState(models.TextChoices):
    IN_PROGRESS = "in_progress", "In progress"
    COMPLETED = "completed", "Completed"


class UserProgress(models.Model):
    """One row for a learner and a lesson, made when the lesson is first opened. No row: not started."""

    State = ProgressState

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="progress"
    )
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="progress")
    state = models.CharField(
        max_length=20, choices=ProgressState, default=ProgressState.IN_PROGRESS
    )
    score = models.FloatField(null=True, blank=True, help_text="Best assessment, from 0 to 1.")
    ability = models.FloatField(default=0.5, help_text="Running estimate from 0 to 1.")
    started_at = models.DateTimeField(auto_now_add=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-updated_at"]
        verbose_name_plural = "user progress"
        constraints = [
            models.UniqueConstraint(fields=["user", "lesson"], name="progress_once"),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__gte=0, score__lte=1),
                name="progress_score_0_to_1",
            ),
            models.CheckConstraint(
                condition=models.Q(ability__gte=0, ability__lte=1), name="progress_ability_0_to_1"
            ),
            models.CheckConstraint(
                condition=models.Q(state="completed", completed_at__isnull=False)
                | models.Q(state="in_progress", completed_at__isnull=True),
                name="progress_completed_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.lesson} ({self.get_state_display()})"

    def record_assessment(self, score: float, *, passed: bool) -> None:
        """Keep the best score; the first pass completes the lesson and nothing undoes it."""
        self.score = max(score, self.score or 0.0)
        if passed and self.state != ProgressState.COMPLETED:
            self.state = ProgressState.COMPLETED
            self.completed_at = timezone.now()
        self.save(update_fields=["score", "state", "completed_at", "updated_at"])

    def record_answer(self, score: float) -> None:
        """Move the estimate of ability a third of the way towards this answer's score (0 to 1)."""
        self.ability += (score - self.ability) / 3
        self.save(update_fields=["ability", "updated_at"])
