"""A mail server that is away at first."""

from typing import ClassVar

from django.core.mail.backends.locmem import EmailBackend


class Hesitant(EmailBackend):
    """Refuses as often as `refusals` says, then delivers."""

    refusals: ClassVar[int] = 0

    def send_messages(self, messages):
        if Hesitant.refusals:
            Hesitant.refusals -= 1
            raise ConnectionRefusedError("nobody answers")
        return super().send_messages(messages)
