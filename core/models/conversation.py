"""What learner and tutor said to each other."""

import uuid

from django.conf import settings
from django.db import models

from core.models.course import Lesson


class Role(models.TextChoices):
    LEARNER = "user", "Learner"
    TUTOR = "assistant", "Tutor"


class MessageType(models.TextChoices):
    CHAT = "chat", "Chat"
    ANSWER = "answer", "Answer"
    EXERCISE = "exercise", "Exercise"
    ASSESSMENT = "assessment", "Assessment"
    FEEDBACK = "feedback", "Feedback"


class ConversationQuerySet(models.QuerySet["ConversationHistory"]):
    def between(self, user_id: int, lesson_id: uuid.UUID) -> "ConversationQuerySet":
        """Narrow to one learner's conversation in one lesson, oldest first."""
        return self.filter(user_id=user_id, lesson_id=lesson_id).order_by("pk")


class ConversationHistory(models.Model):
    """One message. The integer key is the order: it grows with every message and cannot tie.

    The learner's message is written with the task that answers it; a reply points at its message, and the database
    allows a message one reply, so that a retried or doubled task cannot answer twice.
    """

    Role = Role
    Type = MessageType

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="messages"
    )
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="messages")
    role = models.CharField(max_length=10, choices=Role)
    message_type = models.CharField(max_length=12, choices=MessageType, default=MessageType.CHAT)
    content = models.TextField(help_text="Markdown.")
    metadata = models.JSONField(default=dict, blank=True)
    reply_to = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="reply"
    )
    exercise = models.ForeignKey(
        "core.Exercise", on_delete=models.SET_NULL, null=True, blank=True, related_name="messages"
    )
    task_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = "message"
        verbose_name_plural = "conversation history"
        indexes = [models.Index(fields=["user", "lesson", "id"], name="conversation_in_order")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role="assistant") | models.Q(reply_to__isnull=True),
                name="conversation_only_tutor_replies",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.content[:60]}"
