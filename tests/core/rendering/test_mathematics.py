"""LaTeX becomes MathML, or stays readable."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from core.rendering import render_markdown
from core.rendering.formula_limits import LONGEST, unclosed
from tests.core.rendering.parsed import Parsed

SQUARE = "<msup><mi>x</mi><mn>2</mn></msup>"


@pytest.mark.parametrize(
    "written",
    ["$x^2$", r"\(x^2\)", r"a $x^2$.", r"**\(x^2\)**", r"[see \(x^2\)](https://x.example)"],
)
def test_inline(written: str) -> None:
    assert f"<math>{SQUARE}</math>" in render_markdown(written)


@pytest.mark.parametrize(
    "written",
    [
        "$$x^2$$",
        "$$\nx^2\n$$",
        "Text at once:\n$$\nx^2\n$$\nand on.",
        "a $$x^2$$ b",
        "\\[\nx^2\n\\]",
        "\\[x^2\\]",
        "Text at once:\n\\[\nx^2\n\\]",
        "a \\[x^2\\] b",
        "- item\n\n  $$x^2$$",
        "- item\n  \\[\n  x^2\n  \\]",
        "> $$\n> x^2\n> $$",
    ],
)
def test_display(written: str) -> None:
    html = render_markdown(written)
    assert f'<math display="block">{SQUARE}</math>' in html
    assert 'class="math-block"' in html


def test_environments_need_no_dollars() -> None:
    page = Parsed(render_markdown("So:\n\\begin{align}\na &= b \\\\\n&= c\n\\end{align}"))
    assert len(page.all("mtr")) == 2


def test_lines_of_a_formula_that_begin_like_a_list_stay_in_it() -> None:
    page = Parsed(render_markdown("So:\n$$\na\n- b\n+ c\n$$"))
    assert page.all("li") == []
    assert page.text.replace("\n", "") == "So:a−b+c"


@pytest.mark.parametrize(
    ("formula", "tags"),
    [
        (r"\frac{a}{b}", ["mfrac"]),
        (r"\sqrt[3]{x}", ["mroot"]),
        (r"\sum_{i=1}^{n} i", ["munderover"]),
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", ["mtable", "mtr", "mtd"]),
        (r"\overbrace{a+b}^{c}", ["mover"]),
        (r"\boxed{x}", ["menclose"]),
        (r"\text{Größe 中}", ["mtext"]),
    ],
)
def test_shapes(formula: str, tags: list[str]) -> None:
    page = Parsed(render_markdown(f"$${formula}$$"))
    for tag in tags:
        assert page.all(tag), tag


def test_alignment_is_kept_in_classes() -> None:
    html = render_markdown(r"$$\begin{aligned}a&=b\\&=c\end{aligned}$$")
    assert 'class="math-right math-joined-right"' in html
    assert " style=" not in html


def test_a_colour_is_dropped_and_its_formula_kept() -> None:
    page = Parsed(render_markdown(r"$\color{red}{x}$"))
    assert page.text.strip() == "x"
    assert "style" not in str(page.elements)


@pytest.mark.parametrize(
    "formula",
    [
        r"\substack{a \\ b}",
        r"a \tag{1}",
        r"\unknown{x}",
        r"\frac{1",
        r"\text{a & b}",
        r"\newcommand{\x}{\x\x}\x",
        r"\def\x{y}\x",
    ],
)
@pytest.mark.parametrize("around", ["$%s$", "$$%s$$", "\\[\n%s\n\\]"])
def test_what_does_not_parse_is_shown_as_its_source(formula: str, around: str) -> None:
    page = Parsed(render_markdown(around % formula))
    assert page.all("code") == [{"class": "math-source"}]
    assert page.text.strip() == formula


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $10.",
        "a$b",
        "100 $ or 200 $",
        r"\$x\$",
        "`$x$`",
        r"\(",
        r"a \[ b",
        "$$",
        "$$x",
        "$$$$",
        "$ $",
    ],
)
def test_what_is_no_formula(text: str) -> None:
    page = Parsed(render_markdown(text))
    assert page.all("math") == []
    assert page.all("code") == ([{}] if "`" in text else [])


@pytest.mark.parametrize("text", ["\\[\na\n\nb\n\\]", "\\begin{align}\na\n\nb", "\\[\na\n\\[\nb"])
def test_a_formula_that_never_ends_is_text(text: str) -> None:
    assert Parsed(render_markdown(text)).all("math") == []


@pytest.mark.parametrize(
    ("formula", "count"),
    [
        ("(a)[b]", 0),
        ("[0, 1)", 0),
        ("(((", 3),
        (r"\langle \lvert x \rangle \rvert", 0),
        (r"\{ \lfloor x", 2),
        ("{(}{(})", 2),
        (r"\left( ( \right) )", 1),
        ("( & ) \\\\ )", 1),
        (")))(", 1),
        ("}", 0),
        ("⟨x⟩⌊", 1),
    ],
)
def test_brackets_that_stay_open_are_counted(formula: str, count: int) -> None:
    assert unclosed(formula) == count


@pytest.mark.parametrize(
    "formula",
    [
        "(" * 60 + "x",
        r"\langle x" * 40,
        "{(}" * 40,
        "x" * (LONGEST + 1),
    ],
)
def test_what_would_take_for_ever_is_shown_as_its_source(formula: str) -> None:
    assert Parsed(render_markdown(f"$${formula}$$")).text.strip() == formula


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("{", "}"),
        ("(", ")"),
        (r"\frac{1}{", "}"),
        (r"\sqrt ", ""),
        (r"\left(", r"\right)"),
        ("x^{", "}"),
        (r"\begin{matrix}", r"\end{matrix}"),
        (r"\hat'_", ""),
        (r"\displaystyle x", ""),
        (r"\frac x", ""),
    ],
)
def test_deep_formulas_do_not_end_the_process(opening: str, closing: str) -> None:
    times = LONGEST // (len(opening) + len(closing)) - 1
    page = Parsed(render_markdown(f"$${opening * times}x{closing * times}$$"))
    assert page.all("math") or page.all("code")


def test_threads_share_the_converter() -> None:
    formulas = [f"$${number} + " + "x" * 100 + "$$" for number in range(50)]
    with ThreadPoolExecutor(8) as threads:
        pages = list(threads.map(render_markdown, formulas))
    for number, page in enumerate(pages):
        assert f"<mn>{number}</mn>" in page
