"""Code is coloured by classes on the server; diagrams in text are set apart and named for who cannot see them."""

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

DIAGRAMS = {"diagram", "mermaid", "ascii", "text-diagram"}
# Many lexers take time that grows with the square of the length: half a second for some 4,000 characters.
LONGEST = 4_000
COLOURED_IN_ALL = 20_000
LONGEST_NAME = 200

FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)


def wire_code(markdown: MarkdownIt) -> None:
    markdown.add_render_rule("fence", render_fence)
    markdown.add_render_rule("code_block", render_fence)


def render_fence(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    code = tokens[index].content
    language, _, rest = tokens[index].info.strip().partition(" ")
    if language.lower() in DIAGRAMS:
        return diagram(code, rest.strip())
    if not language or len(code) > min(LONGEST, env["colourable"]):
        shown = escapeHtml(code)
    else:
        env["colourable"] -= len(code)
        shown = coloured(code, language.lower())
    return f'<pre class="highlight" tabindex="0"><code>{shown}</code></pre>\n'


def diagram(code: str, title: str) -> str:
    """Return a drawing made of characters; it is read aloud as its title, or else as the words in it."""
    words = title or " ".join(re.findall(r"[\w'’-]*\w", code))[:LONGEST_NAME]
    name = escapeHtml(f"Diagram: {words}" if words else "Diagram")
    return f'<pre class="diagram" role="img" aria-label="{name}" tabindex="0">{escapeHtml(code)}</pre>\n'


def coloured(code: str, language: str) -> str:
    """Return code as HTML with Pygments' classes; plain when the language is unknown."""
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return escapeHtml(code)
    return highlight(code, lexer, FORMATTER)
