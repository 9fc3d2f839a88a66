"""The ledger: every call to a model, what it cost, and what came back."""

from django.conf import settings
from django.db import models


class Outcome(models.TextChoices):
    OK = "ok", "OK"
    INVALID = "invalid", "Answer did not fit"
    REFUSED = "refused", "Refused"
    RATE_LIMITED = "rate_limited", "Rate limited"
    TIMEOUT = "timeout", "Timed out"
    UNAVAILABLE = "unavailable", "Provider unavailable"
    REJECTED = "rejected", "Request rejected"
    CANCELLED = "cancelled", "Cancelled"


class LLMCall(models.Model):
    """One call. The task is named by id and not by foreign key, so that the record outlives the task.

    `ordinal` counts the calls of one run of a task from 1, so that the same step has the same ordinal in every
    run; `request_hash` is the SHA-256 of everything that was sent. A finished call with both equal is replayed
    and not paid again.
    """

    Outcome = Outcome

    task_id = models.UUIDField(null=True, blank=True, db_index=True)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    ordinal = models.PositiveIntegerField(default=1)
    request_hash = models.CharField(max_length=64)
    role = models.CharField(max_length=10)
    provider = models.CharField(max_length=20)
    model = models.CharField(max_length=100)
    prompt = models.CharField(max_length=60)
    prompt_version = models.CharField(max_length=40)
    response = models.TextField(blank=True, default="")
    tokens_in = models.PositiveIntegerField(null=True, blank=True)
    tokens_out = models.PositiveIntegerField(null=True, blank=True)
    cost = models.DecimalField(
        max_digits=16,
        decimal_places=9,
        null=True,
        blank=True,
        help_text="By LLM_PRICES when the call was made; empty when that was not known.",
    )
    latency_ms = models.PositiveIntegerField()
    outcome = models.CharField(max_length=15, choices=Outcome)
    error = models.TextField(blank=True, default="")
    replays = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "model call"
        constraints = [
            models.UniqueConstraint(
                fields=["task_id", "ordinal", "request_hash"],
                condition=models.Q(outcome="ok"),
                name="llm_call_finished_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prompt} → {self.model} ({self.get_outcome_display()})"
