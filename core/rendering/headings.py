"""Headings take their place below those of the page, without gaps, and get anchors for the outline."""

import re
from collections import Counter

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

DEEPEST = 6


def level_headings(state: StateCore) -> None:
    """Make the uppermost level `env["top"]`, close gaps below it, and list the headings in `env["headings"]`."""
    openings = [index for index, token in enumerate(state.tokens) if token.type == "heading_open"]
    written = [int(state.tokens[index].tag[1]) for index in openings]
    taken: Counter[str] = Counter()
    for index, level in zip(openings, closed_up(written, state.env["top"]), strict=True):
        opening, content, closing = state.tokens[index : index + 3]
        opening.tag = closing.tag = f"h{level}"
        if state.env["anchored"]:
            text = plain_text(content)
            anchor = free_anchor(text, taken)
            opening.attrSet("id", anchor)
            state.env["headings"].append((level, text, anchor))


def closed_up(levels: list[int], top: int) -> list[int]:
    """Return the levels moved so that the least is `top` and none is more than one deeper than the one before."""
    uppermost = min(levels, default=1)
    result: list[int] = []
    for level in levels:
        wanted = level - uppermost + top
        deepest = result[-1] + 1 if result else top
        result.append(min(wanted, deepest, DEEPEST))
    return result


def plain_text(inline: Token) -> str:
    """Return what a heading says, with formulas as their source."""
    return "".join(token.content for token in inline.children or ()).strip()


def free_anchor(text: str, taken: Counter[str]) -> str:
    """Return an id that no heading before has; letters of every script stay letters."""
    slug = re.sub(r"[^\w]+", "-", text.casefold()).strip("-")[:60] or "section"
    taken[slug] += 1
    # Two dashes: no slug has them, so "part 2" and the second "part" stay apart.
    return f"h-{slug}" if taken[slug] == 1 else f"h-{slug}--{taken[slug]}"
