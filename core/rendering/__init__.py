"""From what a model or a learner wrote, Markdown with LaTeX, to HTML that is safe to show."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it.token import Token

from core.rendering.code import COLOURED_IN_ALL
from core.rendering.parser import DEEPEST, Environment, parser
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
    environment = _environment(style)
    tokens = _parsed(text, environment)
    if tokens is None:
        return mark_safe(f'<pre class="plain">{escape(text)}</pre>')  # noqa: S308
    markdown = parser()
    html = markdown.renderer.render(tokens, markdown.options, environment)
    return mark_safe(sanitize(html))  # noqa: S308


def render_line(text: str) -> SafeString:
    """Return one line as sanitized HTML without paragraphs."""
    if len(text) > LONGEST:
        return escape(text)
    return mark_safe(sanitize(parser().renderInline(text, _environment(Style.REMARK))))  # noqa: S308


def outline(text: str) -> list[Heading]:
    """Return the headings of a lesson in order, with the levels and anchors that `render_markdown` gives them."""
    environment = _environment(Style.LESSON)
    if _parsed(text, environment) is None:
        return []
    return [Heading(*heading) for heading in environment["headings"]]


def _parsed(text: str, environment: dict[str, Any]) -> list[Token] | None:
    """Return the tokens of `text`; None when it is longer or deeper than the parser takes without losing any of it."""
    if len(text) > LONGEST:
        return None
    tokens = parser().parse(text, environment)
    return None if any(token.level >= DEEPEST for token in tokens) else tokens


def _environment(style: Style) -> dict[str, Any]:
    top, anchored = style.value
    return dict(Environment(top=top, anchored=anchored, headings=[], colourable=COLOURED_IN_ALL))
