"""What somebody tells us to get an account."""

from typing import Any

from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User
from django.forms import BooleanField, EmailField, EmailInput, Form

from core.models import Preferences


class SignupForm(UserCreationForm):  # type: ignore[type-arg]
    """User name, password, and an e-mail address for who wants to be able to reset the password."""

    email = EmailField(
        required=False,
        help_text="To reset your password, and to tell you what you ask to be told.",
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


class PreferencesForm(Form):
    """What a learner wants to be told. An address is asked for where there is none; one that is there stays."""

    email_when_done = BooleanField(required=False)
    email = EmailField(
        required=False,
        label="Your e-mail address",
        widget=EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, user: User, data: Any = None) -> None:
        self.user = user
        known = Preferences.objects.filter(user=user, email_when_done=True).exists()
        super().__init__(data, initial={"email_when_done": known})
        if user.email:
            del self.fields["email"]

    @property
    def asks_for_address(self) -> bool:
        return "email" in self.fields

    def clean(self) -> dict[str, Any]:
        wishes = self.cleaned_data
        if self.asks_for_address and wishes.get("email_when_done") and wishes.get("email") == "":
            self.add_error("email", "Give the address to write to.")
        return wishes

    def save(self) -> None:
        wishes = self.cleaned_data
        Preferences.objects.update_or_create(
            user=self.user, defaults={"email_when_done": wishes["email_when_done"]}
        )
        if wishes.get("email"):
            self.user.email = wishes["email"]
            self.user.save(update_fields=["email"])
