"""LaTeX to MathML. A formula that does not parse is shown as its source, never dropped."""

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.ruler import RuleOptionsType
from markdown_it.token import Token
from math_core import LatexError, LatexToMathML
from mdit_py_plugins.dollarmath.index import math_inline_dollar

from core.rendering.delimiters import bracketed_inline, formula_block
from core.rendering.formula_limits import is_bearable, with_room_for

# A formula may follow a line of text at once.
INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}

# Inline styles, which our pages forbid, by the class that says the same; colours are not kept.
CLASSES = {
    "text-align: left": "math-left",
    "text-align: right": "math-right",
    "padding-left: 0": "math-joined-left",
    "padding-right: 0": "math-joined-right",
    "padding-left:1em": "math-apart",
    "border-right: 0.05em solid currentcolor": "math-rule-right",
    "border-left: 0.05em solid currentcolor": "math-rule-left",
    "border-top: 0.05em solid currentcolor": "math-rule-top",
    "border-bottom: 0.05em solid currentcolor": "math-rule-bottom",
    "width: 100%": "math-full",
    "width: 50%": "math-half",
}
STYLE = re.compile(r' style="([^"]*)"')

CONVERTER = LatexToMathML(fancy_error=False, max_expansions=0)


def wire_math(markdown: MarkdownIt) -> None:
    r"""Read $…$, $$…$$, \(…\), \[…\] and bare environments such as align; "$5 and $10" stays money."""
    dollars = math_inline_dollar(allow_space=False, allow_digits=False, allow_double=True)
    markdown.inline.ruler.before("escape", "math_inline", dollars)
    markdown.inline.ruler.before("escape", "math_brackets", bracketed_inline)
    markdown.block.ruler.before("fence", "math_block", formula_block, INTERRUPTS)
    markdown.add_render_rule("math_inline", render_inline)
    markdown.add_render_rule("math_inline_double", render_inline_display)
    markdown.add_render_rule("math_block", render_block)


def render_inline(self: Any, tokens: Sequence[Token], index: int, *rest: Any) -> str:
    return to_mathml(tokens[index].content, display=False)


def render_inline_display(self: Any, tokens: Sequence[Token], index: int, *rest: Any) -> str:
    return f'<span class="math-block">{to_mathml(tokens[index].content, display=True)}</span>'


def render_block(self: Any, tokens: Sequence[Token], index: int, *rest: Any) -> str:
    return f'<div class="math-block">{to_mathml(tokens[index].content, display=True)}</div>\n'


def to_mathml(latex: str, *, display: bool) -> str:
    """Return the formula as MathML, or its source marked as such."""
    latex = latex.strip()
    if is_bearable(latex):
        convert = partial(CONVERTER.convert_with_local_state, latex, displaystyle=display)
        with suppress(LatexError):
            return styled(with_room_for(latex, convert))
    return f'<code class="math-source">{escapeHtml(latex)}</code>'


def styled(mathml: str) -> str:
    """Return MathML with classes in the place of inline styles."""
    return STYLE.sub(lambda style: as_classes(style[1]), mathml)


def as_classes(style: str) -> str:
    declarations = (declaration.strip() for declaration in style.split(";"))
    names = [CLASSES[declaration] for declaration in declarations if declaration in CLASSES]
    return f' class="{" ".join(names)}"' if names else ""
