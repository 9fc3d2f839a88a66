"""What somebody tells us to get an account."""

from typing import Any

from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User
from django.forms import EmailField, EmailInput


class SignupForm(UserCreationForm):  # type: ignore[type-arg]
    """User name, password, and an e-mail address for who wants to be able to reset the password."""

    email = EmailField(
        required=False,
        help_text="Only used to reset your password.",
        widget=EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = "Letters, digits and @ . + - _"
        self.fields["password1"].help_text = "At least 8 characters, and no common word."
        self.fields["password2"].help_text = ""
        self.fields["password2"].label = "Password again"

    class Meta(UserCreationForm.Meta):
        model = User
        fields = ("username", "email")
