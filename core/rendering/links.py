"""Links lead only where a learner may be led, and no picture is loaded from elsewhere."""

import re
from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# A scheme we know, a fragment, or a path of ours. Browsers read //host and /\host as another site.
ALLOWED = re.compile(
    r"(?:https?://[^\s/\\]|mailto:|#|\.{0,2}/(?![/\\])|[\w%.-]+(?:[/?#]|$))", re.IGNORECASE
)


def wire_links(markdown: MarkdownIt) -> None:
    markdown.validateLink = is_allowed  # type: ignore[method-assign, assignment]
    markdown.core.ruler.push("name_pictures", name_pictures)


def is_allowed(address: str) -> bool:
    """Whether a link may lead there. Refused links stay visible as the Markdown they were written in."""
    return bool(ALLOWED.match(address)) and "%5C" not in address.upper()


def name_pictures(state: StateCore) -> None:
    """Name each picture instead of loading it: a request to another site would tell it who reads what."""
    for block in state.tokens:
        if any(token.type == "image" for token in block.children or ()):
            block.children = list(with_pictures_named(block.children or []))


def with_pictures_named(tokens: Iterable[Token]) -> Iterator[Token]:
    inside_link = False
    for token in tokens:
        if token.type in ("link_open", "link_close"):
            inside_link = token.type == "link_open"
        if token.type != "image":
            yield token
            continue
        name = Token("text", "", 0, content=f"Image: {token.content}" if token.content else "Image")
        address = {"href": token.attrs["src"]}
        yield from (
            [name]
            if inside_link
            else [
                Token("link_open", "a", 1, attrs=address),
                name,
                Token("link_close", "a", -1),
            ]
        )
