r"""The other ways of writing math: \(…\) in a line; \[…\] and bare environments on lines of their own."""

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from core.rendering.formula_limits import LONGEST

MOST_LINES = 60
ENVIRONMENT = re.compile(
    r"\\begin\{((?:equation|align|alignat|gather|multline|eqnarray|flalign|cases)\*?)\}"
)
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
    r"""Take the lines from \[ or \begin{…} to the line that ends with its counterpart, without an empty one between."""
    first = line(state, start_line)
    closing = counterpart(first)
    if not closing:
        return False
    lines: list[str] = []
    for number in range(start_line, min(end_line, start_line + MOST_LINES)):
        lines.append(line(state, number))
        if not lines[-1]:
            return False
        if lines[-1].endswith(closing):
            take_formula(state, start_line, lines, silent)
            return True
    return False


def counterpart(first_line: str) -> str:
    """Return what ends the formula that the line begins, "" when it begins none."""
    if first_line.startswith(r"\["):
        return r"\]"
    environment = ENVIRONMENT.match(first_line)
    return rf"\end{{{environment[1]}}}" if environment else ""


def take_formula(state: StateBlock, start_line: int, lines: list[str], silent: bool) -> None:
    if silent:
        return
    token = state.push("math_block", "math", 0)
    formula = "\n".join(lines)
    token.block = True
    token.content = formula[2:-2] if formula.startswith(r"\[") else formula
    token.map = [start_line, start_line + len(lines)]
    state.line = start_line + len(lines)


def line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].strip()
