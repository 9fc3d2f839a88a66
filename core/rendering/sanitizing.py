"""The last word on what leaves the renderer: an explicit list, whatever was produced before."""

import re

import nh3
from pygments.token import STANDARD_TYPES

TEXT = {
    "a", "blockquote", "br", "code", "del", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p",
    "pre", "s", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
MATH = {
    "math", "menclose", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mprescripts",
    "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr",
    "munder", "munderover",
}  # fmt: skip
MATH_ATTRIBUTES = {
    "accent", "accentunder", "columnspan", "depth", "display", "displaystyle", "fence", "form", "height",
    "largeop", "linethickness", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits", "notation", "rowspan",
    "rspace", "scriptlevel", "separator", "stretchy", "symmetric", "voffset", "width",
}  # fmt: skip
MATH_CLASSES = re.compile(r"math-[a-z]+(?:-[a-z]+)?$")

ATTRIBUTES = {
    "*": {"dir"},
    "a": {"href", "title"},
    "div": {"class", "role", "aria-label", "tabindex"},
    "pre": {"class", "role", "aria-label", "tabindex"},
    "code": {"class"},
    "span": {"class"},
    "ol": {"start"},
    "td": {"data-align"},
    "th": {"data-align"},
    **{f"h{level}": {"id"} for level in range(2, 7)},
    **{name: MATH_ATTRIBUTES | {"class"} for name in MATH},
}
CLASSES = {
    "div": {"table", "math-block"},
    "pre": {"highlight", "diagram"},
    "code": {"math-source"},
    "span": {name for name in STANDARD_TYPES.values() if name},
}

CLEANER = nh3.Cleaner(
    tags=TEXT | MATH,
    attributes=ATTRIBUTES,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer nofollow",
    strip_comments=True,
)


def sanitize(html: str) -> str:
    """Return `html` with only what the lists above name."""
    return CLEANER.clean(html)
