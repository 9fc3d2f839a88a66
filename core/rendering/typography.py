"""Real quotes, dashes and ellipses; and each block in the direction of its own first letter."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

BLOCKS = {
    "paragraph_open",
    "heading_open",
    "bullet_list_open",
    "ordered_list_open",
    "list_item_open",
    "blockquote_open",
    "th_open",
    "td_open",
}


def wire_typography(markdown: MarkdownIt) -> None:
    # The library's own replacements would make a © of the item (c).
    markdown.enable("smartquotes")
    markdown.core.ruler.before("smartquotes", "dashes", set_dashes)
    markdown.core.ruler.push("directions", set_directions)


def set_dashes(state: StateCore) -> None:
    for block in state.tokens:
        for token in block.children or ():
            if token.type == "text":
                token.content = dashes(token.content)


def dashes(text: str) -> str:
    """Return `text` with … for three dots, and with – and — where they are clearly meant."""
    text = text.replace("...", "…")
    text = re.sub(r"(?<=\s)--(?=\s)|(?<=\d)--(?=\d)", "–", text)
    return re.sub(r"(?<![-\s])\s?---\s?(?![-\s])", "—", text)


def set_directions(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in BLOCKS:
            token.attrSet("dir", "auto")
