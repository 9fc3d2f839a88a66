"""The last word on what leaves the renderer: an explicit list, whatever was produced before."""

import nh3
from pygments.token import STANDARD_TYPES

from core.rendering.mathematics import CLASSES as MATH_CLASSES

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
ATTRIBUTES = {
    "*": {"dir"},
    "a": {"href", "title"},
    "div": {"role", "aria-label", "tabindex"},
    "pre": {"role", "aria-label", "tabindex"},
    "ol": {"start"},
    "td": {"data-align"},
    "th": {"data-align"},
    **{f"h{level}": {"id"} for level in range(2, 7)},
    **dict.fromkeys(MATH, MATH_ATTRIBUTES),
}
CLASSES = {
    "div": {"table", "math-block"},
    "pre": {"highlight", "diagram"},
    "code": {"math-source"},
    "span": {"math-block"} | {name for name in STANDARD_TYPES.values() if name},
    **{name: set(MATH_CLASSES.values()) for name in ("mtable", "mtd")},
}

CLEANER = nh3.Cleaner(
    tags=TEXT | MATH,
    attributes=ATTRIBUTES,
    allowed_classes=CLASSES,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer nofollow",
    strip_comments=True,
)


def sanitize(html: str) -> str:
    """Return `html` with only what the lists above name."""
    return CLEANER.clean(html)
