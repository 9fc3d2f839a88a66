"""What a learner says of the course they want."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.constants import DIFFICULTY_VALUES, TOPIC_MAX_LENGTH
from core.llm.offer import choices, default_model

BACKGROUND_MAX_LENGTH = 2_000
INVISIBLE = {"Cc", "Cf", "Cn", "Zl", "Zp", "Zs"}
FORBIDDEN = {"Cc", "Cs"}


def visible(text: str) -> None:
    """Refuse a text of which nothing can be seen."""
    if all(unicodedata.category(character) in INVISIBLE for character in text):
        raise ValidationError("Write at least one letter or sign.")


def one_line(text: str) -> None:
    """Refuse line breaks, control characters and halves of characters."""
    if any(unicodedata.category(character) in FORBIDDEN for character in text):
        raise ValidationError("Leave out line breaks and control characters.")


def plain_lines(text: str) -> None:
    """Refuse what `one_line` refuses, except line breaks and tabs."""
    one_line(text.replace("\r", "").replace("\n", "").replace("\t", ""))


class GenerateForm(forms.Form):
    """The request for a course."""

    topic = forms.CharField(
        max_length=TOPIC_MAX_LENGTH,
        validators=[visible, one_line],
        error_messages={
            "required": "Name a topic.",
            "max_length": "Use at most %(limit_value)d characters; you have %(show_value)d.",
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto", "autofocus": True}),
    )
    knowledge_level = forms.ChoiceField(
        choices=[(level, level) for level in DIFFICULTY_VALUES],
        error_messages={
            "required": "Choose a level.",
            "invalid_choice": f"Choose one of {', '.join(DIFFICULTY_VALUES)}.",
        },
        widget=forms.RadioSelect,
    )
    background = forms.CharField(
        required=False,
        max_length=BACKGROUND_MAX_LENGTH,
        validators=[plain_lines],
        error_messages={
            "max_length": "Use at most %(limit_value)d characters; you have %(show_value)d.",
        },
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    model = forms.ChoiceField(
        choices=choices,
        required=False,
        initial=lambda: default_model().name,
        error_messages={"invalid_choice": "Choose one of the models that this site offers."},
        widget=forms.RadioSelect,
    )

    @property
    def offers_models(self) -> bool:
        """Whether there is anything to choose between."""
        return len(choices()) > 1

    def clean_background(self) -> str:
        """Return the text with one kind of line break, whoever sent it."""
        return "\n".join(self.cleaned_data["background"].splitlines())

    def first_problem(self) -> str:
        """Return the first error as one line that names its field."""
        field, problems = next(iter(self.errors.items()))
        return f"{field}: {problems[0]}"


def suggested(query: Any) -> dict[str, str]:
    """Return what a link has filled in: `topic` and, if it is one, `knowledge_level`."""
    level = query.get("knowledge_level", "")
    return {
        "topic": query.get("topic", "")[:TOPIC_MAX_LENGTH],
        "knowledge_level": level if level in DIFFICULTY_VALUES else next(iter(DIFFICULTY_VALUES)),
    }
