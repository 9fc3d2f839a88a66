"""Questions a learner is asked, with the keys that stay on the server."""

import uuid

from django.conf import settings
from django.db import models

from core.models.course import Lesson


class AssessmentState(models.TextChoices):
    OPEN = "open", "Open"
    PASSED = "passed", "Passed"
    FAILED = "failed", "Failed"


class Assessment(models.Model):
    """A short series of questions that decides whether a lesson is completed."""

    State = AssessmentState

    assessment_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="assessments")
    state = models.CharField(max_length=10, choices=AssessmentState, default=AssessmentState.OPEN)
    score = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "lesson"],
                condition=models.Q(state="open"),
                name="assessment_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.lesson} ({self.get_state_display()})"


class ExerciseKind(models.TextChoices):
    MULTIPLE_CHOICE = "multiple_choice", "Multiple choice"
    SHORT_ANSWER = "short_answer", "Short answer"
    ORDERING = "ordering", "Put in order"
    FILL_IN = "fill_in", "Fill in"


class ExerciseState(models.TextChoices):
    OPEN = "open", "Open"
    SOLVED = "solved", "Solved"
    REVEALED = "revealed", "Solution shown"
    SKIPPED = "skipped", "Skipped"


class Exercise(models.Model):
    """One question to one learner.

    `choices` is what the learner sees (a list of strings; empty for typed answers). `key` and `solution` never
    leave the server while the exercise is open: the key is the index of the right choice (multiple choice), the
    list of indexes in the right order (ordering), the accepted spellings of each gap (fill-in), or the rubric
    (short answer).
    """

    Kind = ExerciseKind
    State = ExerciseState

    exercise_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="exercises")
    assessment = models.ForeignKey(
        Assessment, on_delete=models.CASCADE, null=True, blank=True, related_name="exercises"
    )
    position = models.PositiveSmallIntegerField(default=1, help_text="Within the assessment.")
    kind = models.CharField(max_length=20, choices=ExerciseKind)
    question = models.TextField(help_text="Markdown.")
    choices = models.JSONField(default=list, blank=True)
    key = models.JSONField()
    hints = models.JSONField(default=list, blank=True)
    solution = models.TextField(help_text="Markdown, shown when the exercise ends.")
    difficulty = models.FloatField(default=0.5, help_text="From 0 to 1.")
    state = models.CharField(max_length=10, choices=ExerciseState, default=ExerciseState.OPEN)
    attempts = models.PositiveSmallIntegerField(default=0)
    score = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "position"], name="exercise_position_once"
            ),
            models.UniqueConstraint(
                fields=["user", "lesson"],
                condition=models.Q(state="open", assessment__isnull=True),
                name="exercise_one_open_practice",
            ),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__gte=0, score__lte=1),
                name="exercise_score_0_to_1",
            ),
        ]

    def __str__(self) -> str:
        return self.question[:80]
