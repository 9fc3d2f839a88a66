"""A course and its parts. Rows are known by UUID; a position is where a row stands, never which row it is."""

import unicodedata
import uuid

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.urls import reverse

from core.constants import DIFFICULTY_VALUES, TOPIC_MAX_LENGTH

LEVELS = [(level, level) for level in DIFFICULTY_VALUES]


def normalise_topic(topic: str) -> str:
    """Return the form in which two spellings of one topic are equal: NFKC, case folded, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", topic).casefold().split())


class SyllabusQuerySet(models.QuerySet["Syllabus"]):
    def owned_by(self, user_id: int) -> "SyllabusQuerySet":
        return self.filter(user_id=user_id)

    def readable_by(self, user: User | AnonymousUser) -> "SyllabusQuerySet":
        """Narrow to what a person may read: public courses and their own; staff may read all."""
        if user.is_staff:
            return self.all()
        return self.filter(models.Q(is_public=True) | models.Q(user_id=user.pk))

    def equal_to(self, topic: str, level: str) -> "SyllabusQuerySet":
        """Narrow to courses on the same topic, however it was typed, at the same level."""
        return self.filter(topic_key=normalise_topic(topic), level=level)


class Syllabus(models.Model):
    """A whole course.

    The row is written together with its modules and lessons when its task completes, so it is always whole. What
    is still being made, or failed, is a task: there is no status here that could disagree with it.
    """

    syllabus_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="syllabi"
    )
    topic = models.CharField(max_length=TOPIC_MAX_LENGTH)
    topic_key = models.CharField(max_length=2 * TOPIC_MAX_LENGTH, editable=False)
    level = models.CharField(max_length=20, choices=LEVELS)
    background = models.TextField(blank=True, default="")
    title = models.CharField(max_length=300)
    objectives = models.JSONField(default=list)
    task_id = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    model = models.CharField(max_length=100, blank=True, default="")
    chosen_model = models.CharField(
        max_length=130,
        blank=True,
        default="",
        help_text="What its learner chose for all work on it, as provider:model; empty for the site's own.",
    )
    prompt_version = models.CharField(max_length=40, blank=True, default="")
    is_public = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SyllabusQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-syllabus_id"]
        verbose_name_plural = "syllabi"
        indexes = [models.Index(fields=["user", "topic_key", "level"], name="syllabus_equal")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__in=list(DIFFICULTY_VALUES)), name="syllabus_level_known"
            ),
            models.CheckConstraint(condition=~models.Q(title=""), name="syllabus_has_title"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        self.topic_key = normalise_topic(self.topic)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("syllabus:detail", args=[self.pk])

    @property
    def difficulty(self) -> int:
        """The level as a number from 0 (Beginner) to 3 (Advanced)."""
        return DIFFICULTY_VALUES[self.level]

    def lessons(self) -> "models.QuerySet[Lesson]":
        """Return every lesson of the course, in reading order."""
        return Lesson.objects.filter(module__syllabus=self).select_related("module")


class Module(models.Model):
    """A section of a course."""

    module_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    syllabus = models.ForeignKey(Syllabus, on_delete=models.CASCADE, related_name="modules")
    position = models.PositiveSmallIntegerField(help_text="From 1.")
    title = models.CharField(max_length=300)
    summary = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["syllabus", "position"]
        constraints = [
            models.UniqueConstraint(fields=["syllabus", "position"], name="module_position_once"),
            models.UniqueConstraint(fields=["syllabus", "title"], name="module_title_once"),
            models.CheckConstraint(
                condition=models.Q(position__gte=1), name="module_position_from_1"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Lesson(models.Model):
    """One sitting: something to read, practise and be assessed on."""

    lesson_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="lessons")
    position = models.PositiveSmallIntegerField(help_text="From 1, within the module.")
    title = models.CharField(max_length=300)
    summary = models.TextField(blank=True, default="")
    objectives = models.JSONField(default=list)
    minutes = models.PositiveSmallIntegerField(help_text="Estimated time to learn.")

    class Meta:
        ordering = ["module__syllabus", "module__position", "position"]
        constraints = [
            models.UniqueConstraint(fields=["module", "position"], name="lesson_position_once"),
            models.UniqueConstraint(fields=["module", "title"], name="lesson_title_once"),
            models.CheckConstraint(
                condition=models.Q(position__gte=1), name="lesson_position_from_1"
            ),
            models.CheckConstraint(condition=models.Q(minutes__gte=1), name="lesson_takes_time"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("lessons:detail", args=self.place)

    @property
    def place(self) -> tuple[uuid.UUID, int, int]:
        """The lesson's address in URLs: course, module position, lesson position."""
        return self.module.syllabus_id, self.module.position, self.position

    def before(self) -> "Lesson | None":
        """Return the lesson read before this one in the course, across modules."""
        here = self.module.position, self.position
        return (
            self.module.syllabus.lessons()
            .filter(
                models.Q(module__position__lt=here[0])
                | models.Q(module__position=here[0], position__lt=here[1])
            )
            .last()
        )

    def after(self) -> "Lesson | None":
        """Return the lesson read after this one in the course, across modules."""
        here = self.module.position, self.position
        return (
            self.module.syllabus.lessons()
            .filter(
                models.Q(module__position__gt=here[0])
                | models.Q(module__position=here[0], position__gt=here[1])
            )
            .first()
        )
