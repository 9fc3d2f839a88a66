r"""Formulas: \(…\) in a line; $$…$$, \[…\] and bare environments on lines of their own."""

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from core.rendering.formula_limits import LONGEST

MOST_LINES = 60
ENVIRONMENT = re.compile(
    r"\\begin\{((?:equation|align|alignat|gather|multline|eqnarray|flalign|cases)\*?)\}"
)
BLOCKS = {"$$": "$$", r"\[": r"\]"}
PAIRS = {r"\(": (r"\)", "math_inline"), r"\[": (r"\]", "math_inline_double")}


def bracketed_inline(state: StateInline, silent: bool) -> bool:
    """Take a formula inside a paragraph."""
    closing, name = PAIRS.get(state.src[state.pos : state.pos + 2], ("", ""))
    if not closing:
        return False
    start = state.pos + 2
    end = state.src.find(closing, start, min(state.posMax, start + LONGEST))
    if end <= start:
        return False
    if not silent:
        state.push(name, "math", 0).content = state.src[start:end]
    state.pos = end + 2
    return True


def formula_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Take a formula on lines of its own, without an empty one between."""
    opening, closing = counterpart(line(state, start_line))
    if not closing:
        return False
    lines: list[str] = []
    for number in range(start_line, min(end_line, start_line + MOST_LINES)):
        lines.append(line(state, number) if lines else line(state, number)[len(opening) :])
        if closing in lines[-1]:
            break
        if lines[1:] and (not lines[-1] or state.sCount[number] < state.blkIndent):
            return False
    formula, found, after = "\n".join(lines).partition(closing)
    if not found or after or not formula.strip():
        return False
    if not silent:
        take(state, start_line, len(lines), formula if opening else formula + closing)
    return True


def counterpart(first_line: str) -> tuple[str, str]:
    """Return what opens and what ends the formula that a line begins. An environment opens with no more than itself."""
    for opening, closing in BLOCKS.items():
        if first_line.startswith(opening):
            return opening, closing
    environment = ENVIRONMENT.match(first_line)
    return "", rf"\end{{{environment[1]}}}" if environment else ""


def take(state: StateBlock, start_line: int, count: int, formula: str) -> None:
    token = state.push("math_block", "math", 0)
    token.block, token.content = True, formula
    token.map = [start_line, start_line + count]
    state.line = start_line + count


def line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].strip()
