"""However long or however nested, a text is rendered, and nothing of it is lost."""

import pytest

from core.rendering import LONGEST, outline, render_line, render_markdown
from tests.core.rendering.parsed import Parsed

SIZE = 60_000


@pytest.mark.parametrize(
    "unit",
    ["[", "![", "[a](", "*", "**a ", "`", "<", "$", "$x$ ", r"\(", "\\[\n", "> ", "- ", "# a\n",
     "|", "~~a ", "&amp;", '"a ', "'a ", "--- ", "```\n", "\\begin{align}\n", "![a](http://x) ",
     "a\n=\n", "\\", "$$\n", "1. a\n", "\u202e中"],
)  # fmt: skip
def test_repetition(unit: str) -> None:
    html = render_markdown(unit * (SIZE // len(unit)))
    assert html == "" or Parsed(html).elements


@pytest.mark.parametrize(
    "text",
    [
        ">" * 5_000 + " deep",
        "".join("  " * depth + "- deep\n" for depth in range(300)),
        "*" * 5_000 + "deep" + "*" * 5_000,
        "[" * 5_000 + "deep" + "](x)" * 5_000,
    ],
)
def test_nesting(text: str) -> None:
    assert "deep" in Parsed(render_markdown(text)).text


def test_a_long_lesson_is_whole() -> None:
    part = "# Heading\n\nText with $x^2$, `code` and **weight**.\n\n- item\n\n"
    text = part * (LONGEST // len(part))
    page = Parsed(render_markdown(text))
    assert len(page.all("h2")) == len(page.all("math")) == LONGEST // len(part)
    assert len(outline(text)) == LONGEST // len(part)


def test_what_is_longer_than_any_lesson_is_shown_as_it_was_written() -> None:
    text = "# <script>" + "x" * LONGEST
    assert Parsed(render_markdown(text)).text == text
    assert Parsed(render_line(text)).text == text
    assert outline(text) == []


def test_nothing() -> None:
    assert render_markdown("") == render_line("") == ""
    assert outline("") == []
