"""How Markdown is read: CommonMark with tables, strikethrough, typography and math, and never raw HTML."""

from functools import cache
from typing import TypedDict

from markdown_it import MarkdownIt

from core.rendering.code import wire_code
from core.rendering.headings import level_headings
from core.rendering.links import wire_links
from core.rendering.mathematics import wire_math
from core.rendering.tables import wire_tables
from core.rendering.typography import wire_typography

DEEPEST = 40


class Environment(TypedDict):
    """What one rendering knows.

    The uppermost heading level, whether headings get anchors and those found, and how many characters of code may
    still be coloured.
    """

    top: int
    anchored: bool
    headings: list[tuple[int, str, str]]
    colourable: int


@cache
def parser() -> MarkdownIt:
    """Return the parser; it holds no state of a rendering and is shared by all threads."""
    markdown = MarkdownIt(
        "commonmark", {"html": False, "maxNesting": DEEPEST + 2, "typographer": True}
    )
    markdown.enable(["table", "strikethrough"])
    for wire in (wire_math, wire_code, wire_links, wire_tables, wire_typography):
        wire(markdown)
    markdown.core.ruler.push("level_headings", level_headings)
    return markdown
