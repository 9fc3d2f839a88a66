"""LaTeX to MathML. A formula that does not parse is shown as its source, never dropped."""

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from math_core import LatexError, LatexToMathML
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.texmath import texmath_plugin

from core.rendering.formula_depth import is_too_deep

LONGEST = 10_000

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
    dollarmath_plugin(
        markdown, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True
    )
    texmath_plugin(markdown, delimiters="brackets")
    amsmath_plugin(markdown)
    markdown.block.ruler.disable("math_block_eqno")
    markdown.add_render_rule("math_inline", render_inline)
    markdown.add_render_rule("math_inline_double", render_inline_display)
    for name in ("math_block", "amsmath"):
        markdown.add_render_rule(name, render_block)


def render_inline(self: Any, tokens: Sequence[Token], index: int, *rest: Any) -> str:
    return to_mathml(tokens[index].content, display=False)


def render_inline_display(self: Any, tokens: Sequence[Token], index: int, *rest: Any) -> str:
    return to_mathml(tokens[index].content, display=True)


def render_block(self: Any, tokens: Sequence[Token], index: int, *rest: Any) -> str:
    return f'<div class="math-block">{to_mathml(tokens[index].content, display=True)}</div>\n'


def to_mathml(latex: str, *, display: bool) -> str:
    """Return the formula as MathML, or its source marked as such."""
    latex = latex.strip()
    if len(latex) <= LONGEST and not is_too_deep(latex):
        try:
            return styled(CONVERTER.convert_with_local_state(latex, displaystyle=display))
        except LatexError:
            pass
    return f'<code class="math-source">{escapeHtml(latex)}</code>'


def styled(mathml: str) -> str:
    """Return MathML with classes in the place of inline styles."""
    return STYLE.sub(lambda style: as_classes(style[1]), mathml)


def as_classes(style: str) -> str:
    declarations = (declaration.strip() for declaration in style.split(";"))
    names = [CLASSES[declaration] for declaration in declarations if declaration in CLASSES]
    return f' class="{" ".join(names)}"' if names else ""
