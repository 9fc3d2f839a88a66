"""What somebody tells us to get an account."""

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

    class Meta(UserCreationForm.Meta):
        model = User
        fields = ("username", "email")
