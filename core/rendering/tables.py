"""Tables scroll in a box of their own and are aligned without inline styles, which our pages forbid."""

import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

OPENING = '<div class="table" role="group" aria-label="Table" tabindex="0"><table>\n'
ALIGNMENT = re.compile(r"text-align:(left|center|right)")


def wire_tables(markdown: MarkdownIt) -> None:
    markdown.core.ruler.push("empty_headers", make_cells_of_empty_headers)
    markdown.core.ruler.push("align_cells", align_cells)
    markdown.add_render_rule("table_open", open_table)
    markdown.add_render_rule("table_close", close_table)


def make_cells_of_empty_headers(state: StateCore) -> None:
    """A header without a word, as in the corner of a table, heads nothing."""
    for opening, content, closing in zip(
        state.tokens, state.tokens[1:], state.tokens[2:], strict=False
    ):
        if opening.type == "th_open" and not content.content:
            opening.tag = closing.tag = "td"


def align_cells(state: StateCore) -> None:
    for token in state.tokens:
        if alignment := ALIGNMENT.match(str(token.attrs.pop("style", ""))):
            token.attrSet("data-align", alignment[1])


def open_table(*arguments: Any) -> str:
    return OPENING


def close_table(*arguments: Any) -> str:
    return "</table></div>\n"
