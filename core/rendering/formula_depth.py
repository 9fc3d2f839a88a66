"""A bound on how deep a formula nests.

The converter is recursive and written in Rust: a formula that nests too deep does not raise, it ends the process.
"""

import re

DEEPEST = 40

TOKEN = re.compile(r"\\(?:[a-zA-Z]+|.)|[{}^_\[]|\s+|.", re.DOTALL)
OPENING = {"{", r"\left", r"\begin"}
CLOSING = {"}", r"\right", r"\end"}


def is_too_deep(latex: str) -> bool:
    """Whether the formula may nest more than DEEPEST levels; says yes rather too early than too late."""
    depth = run = 0
    for token in TOKEN.findall(latex):
        if token in OPENING:
            depth += 1
        elif token in CLOSING:
            depth = max(0, depth - 1)
        # Commands without braces nest too: each may be the argument of the one before it.
        if token.startswith("\\") or token in "^_[":
            run += 1
        elif not token.isspace():
            run = 0
        if depth + run > DEEPEST:
            return True
    return False
