"""From what a model or a learner wrote, Markdown with LaTeX, to HTML that is safe to show."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from core.rendering.parser import Environment, parser
from core.rendering.sanitizing import sanitize

LONGEST = 200_000


class Style(Enum):
    """Where the text stands: its value is the level of its uppermost headings, and whether they have anchors."""

    LESSON = 2, True
    REMARK = 4, False


@dataclass(frozen=True)
class Heading:
    """A heading of a lesson; `anchor` is the id of its element."""

    level: int
    text: str
    anchor: str


def render_markdown(text: str, style: Style = Style.LESSON) -> SafeString:
    """Return `text` as sanitized HTML. Nothing is dropped: what cannot be rendered is shown as its source."""
    if len(text) > LONGEST:
        return mark_safe(f'<pre class="plain">{escape(text)}</pre>')  # noqa: S308
    return mark_safe(sanitize(parser().render(text, _environment(style))))  # noqa: S308


def render_line(text: str) -> SafeString:
    """Return one line as sanitized HTML without paragraphs."""
    if len(text) > LONGEST:
        return SafeString(escape(text))
    return mark_safe(sanitize(parser().renderInline(text, _environment(Style.REMARK))))  # noqa: S308


def outline(text: str) -> list[Heading]:
    """Return the headings of a lesson in order, with the levels and anchors that `render_markdown` gives them."""
    if len(text) > LONGEST:
        return []
    environment = _environment(Style.LESSON)
    parser().parse(text, environment)
    return [Heading(*heading) for heading in environment["headings"]]


def _environment(style: Style) -> dict[str, Any]:
    top, anchored = style.value
    return dict(Environment(top=top, anchored=anchored, headings=[]))
