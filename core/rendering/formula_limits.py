"""Which formulas are left alone, and where the others are converted.

The converter is recursive and written in Rust: a formula that nests deeper than the stack ends the process instead of
raising. Up to 1.7 kB of stack were measured for one character, so a thread with room for LONGEST of them does the work.
It also looks for the end of each opened bracket anew after every other one, so that each bracket that is never closed
doubles the time.
"""

import re
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

LONGEST = 4_000
SHALLOW = 64
STACK = 64 * 1024 * 1024
UNCLOSED = 6

PART = re.compile(r"\\[a-zA-Z]+|\\.|.", re.DOTALL)
OPENING = re.compile(
    r"\\(?:\{|[lu]l?corner|l(?:angle|brace|brack|ceil|floor|group|moustache|vert|Vert|ang)$)"
)
CLOSING = re.compile(
    r"\\(?:\}|[lu]rcorner|r(?:angle|brace|brack|ceil|floor|group|moustache|vert|Vert|ang)$)"
)
FENCE = re.compile(r"\\(left|right|middle)(?![a-zA-Z])\s*(?:\\[a-zA-Z]+|\\.|.)", re.DOTALL)
FENCE_AS = {"left": "{", "right": "}", "middle": ""}
SCOPE_OPENS = {"{", r"\begin"}
SCOPE_CLOSES = {"}", r"\end"}
CELL_ENDS = {"&", r"\\"}


def is_bearable(latex: str) -> bool:
    """Whether a formula is short enough, and has few enough brackets that stay open, to be converted."""
    return len(latex) <= LONGEST and unclosed(latex) <= UNCLOSED


def unclosed(latex: str) -> int:
    """Return how many brackets are not closed within the braces or the cell in which they are opened."""
    latex = FENCE.sub(lambda fence: FENCE_AS[fence[1]], latex)
    left_open, scopes = 0, [0]
    for part in PART.findall(latex):
        if part in SCOPE_OPENS:
            scopes.append(0)
        elif part in SCOPE_CLOSES and len(scopes) > 1:
            left_open += scopes.pop()
        elif part in CELL_ENDS:
            left_open += scopes[-1]
            scopes[-1] = 0
        elif opens(part):
            scopes[-1] += 1
        elif scopes[-1] and closes(part):
            scopes[-1] -= 1
    return left_open + sum(scopes)


def opens(part: str) -> bool:
    return bool(OPENING.match(part)) if len(part) > 1 else unicodedata.category(part) == "Ps"


def closes(part: str) -> bool:
    return bool(CLOSING.match(part)) if len(part) > 1 else unicodedata.category(part) == "Pe"


def with_room_for(latex: str, convert: Callable[[], str]) -> str:
    """Return what `convert` returns; called where the stack has room for a formula of this length."""
    if len(latex) <= SHALLOW:
        return convert()
    return deep_thread().submit(convert).result()


@cache
def deep_thread() -> ThreadPoolExecutor:
    executor = ThreadPoolExecutor(1, thread_name_prefix="formulas")
    usual = threading.stack_size(STACK)
    try:
        executor.submit(int).result()  # starts its thread, with the stack size of this moment
    finally:
        threading.stack_size(usual)
    return executor
