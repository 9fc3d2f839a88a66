"""What a learner wants of the site."""

from django.conf import settings
from django.db import models


class Preferences(models.Model):
    """One learner's wishes; who has no row has never wished for anything."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="preferences",
    )
    email_when_done = models.BooleanField(
        default=False, help_text="Wants an e-mail when work that took long has ended."
    )

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return str(self.user)
