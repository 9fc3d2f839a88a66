"""Links lead only where a learner may be led, and no picture is loaded from elsewhere."""

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

# A scheme we know, a fragment, or a path of ours. Browsers read //host and /\host as another site.
ALLOWED = re.compile(
    r"(?:https?://[^\s/\\]|mailto:|#|\.{0,2}/(?![/\\])|[\w%.-]+(?:[/?#]|$))", re.IGNORECASE
)


def wire_links(markdown: MarkdownIt) -> None:
    markdown.validateLink = is_allowed  # type: ignore[method-assign]
    markdown.add_render_rule("image", image_as_link)


def is_allowed(address: str) -> bool:
    """Whether a link may lead there. Refused links stay visible as the Markdown they were written in."""
    return bool(ALLOWED.match(address)) and "\\" not in address


def image_as_link(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    """Name a picture instead of loading it: a request to another site would tell it who reads what."""
    picture = tokens[index]
    alt = self.renderInlineAsText(picture.children, options, env)
    words = escapeHtml(f"Image: {alt}" if alt else "Image")
    if stands_in_link(tokens[:index]):
        return words
    return f'<a href="{escapeHtml(str(picture.attrs["src"]))}">{words}</a>'


def stands_in_link(before: Sequence[Token]) -> bool:
    opened = sum(token.type == "link_open" for token in before)
    return opened > sum(token.type == "link_close" for token in before)
