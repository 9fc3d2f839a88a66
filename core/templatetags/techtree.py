"""What templates need of ours: Markdown, icons, and small words."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from core.money import money
from core.rendering import Style, render_line, render_markdown

register = template.Library()
register.filter(money)

DIRECTED_ICONS = {"arrow"}


@register.filter
def markdown(text: str) -> SafeString:
    """Render the text of a lesson: headings start at h2 and have anchors for the outline."""
    return render_markdown(text)


@register.filter
def remark(text: str) -> SafeString:
    """Render a text that stands inside a page, as a message or a question does: headings start at h4."""
    return render_markdown(text, Style.REMARK)


@register.filter
def line(text: str) -> SafeString:
    """Render one line, for places that hold no paragraphs, as a label."""
    return render_line(text)


@register.filter(name="is")
def is_equal(value: Any, other: Any) -> str:
    """Return "true" or "false", for ARIA attributes."""
    return "true" if value == other else "false"


@register.inclusion_tag("components/icon.html")
def icon(name: str) -> dict[str, Any]:
    """Draw one of `templates/components/icons`; it is decoration, so a word has to stand beside it."""
    return {"path": f"components/icons/{name}.svg", "directed": name in DIRECTED_ICONS}
