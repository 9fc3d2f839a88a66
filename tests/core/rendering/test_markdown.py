"""Markdown becomes the HTML that lessons and messages are shown with."""

import pytest

from core.rendering import Heading, Style, outline, render_line, render_markdown
from tests.core.rendering.parsed import Parsed


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('He said "no".', "He said “no”."),
        ("it's", "it’s"),
        ("one -- two", "one – two"),
        ("pages 3--5", "pages 3–5"),
        ("one---two", "one—two"),
        ("and so on...", "and so on…"),
        ("item (c) and (r)", "item (c) and (r)"),
        ("`--flag ...`", "--flag ..."),
        ("--flag", "--flag"),
    ],
)
def test_typography(written: str, shown: str) -> None:
    assert Parsed(render_markdown(written)).text.strip() == shown


@pytest.mark.parametrize(
    "text", ["Größe, Straße", "向量是量", "المتجه", "वेक्टर", "🧮 emoji", "naïve ≤ ∞ — “ok”"]
)
def test_no_letter_is_lost(text: str) -> None:
    assert Parsed(render_markdown(text)).text.strip() == text
    assert Parsed(render_line(text)).text == text


def test_blocks_take_the_direction_of_their_own_text() -> None:
    page = Parsed(render_markdown("# a\n\nb\n\n- c\n\n> d\n\n| e |\n|---|\n| f |"))
    for tag in ("h2", "p", "ul", "li", "blockquote", "th", "td"):
        assert page.all(tag)[0]["dir"] == "auto", tag


def test_tables_scroll_in_a_box_and_are_aligned_without_styles() -> None:
    html = render_markdown("| a | b |\n|:-:|--:|\n| 1 | 2 |")
    page = Parsed(html)
    assert page.all("div") == [
        {"class": "table", "role": "group", "aria-label": "Table", "tabindex": "0"}
    ]
    assert [cell["data-align"] for cell in page.all("td")] == ["center", "right"]
    assert "style" not in html


def test_an_empty_corner_of_a_table_is_no_header() -> None:
    page = Parsed(render_markdown("| | b |\n|---|---|\n| 1 | 2 |"))
    assert len(page.all("th")) == 1
    assert len(page.all("td")) == 3


def test_strikethrough() -> None:
    assert "<s>gone</s>" in render_markdown("~~gone~~")


def test_headings_of_a_lesson_begin_at_h2_and_have_anchors() -> None:
    page = Parsed(render_markdown("# One\n\n## Two\n\n# One"))
    assert page.all("h2") == [
        {"dir": "auto", "id": "h-one"},
        {"dir": "auto", "id": "h-one--2"},
    ]
    assert page.all("h3") == [{"dir": "auto", "id": "h-two"}]


def test_headings_close_up_gaps() -> None:
    levels = [heading.level for heading in outline("### a\n\n##### b\n\n## c\n\n###### d")]
    assert levels == [2, 3, 2, 3]


def test_headings_go_no_deeper_than_h6() -> None:
    page = Parsed(render_markdown("# a\n\n## b\n\n### c\n\n#### d", Style.REMARK))
    assert [tag for tag, _ in page.elements] == ["h4", "h5", "h6", "h6"]


def test_headings_of_a_remark_begin_at_h4_and_have_no_anchors() -> None:
    assert Parsed(render_markdown("# a", Style.REMARK)).all("h4") == [{"dir": "auto"}]


def test_outline_names_what_the_text_holds() -> None:
    text = '# The "first"\n\n## With $x^2$ and `code`\n\n## 向量\n\n## !!!'
    assert outline(text) == [
        Heading(2, "The “first”", "h-the-first"),
        Heading(3, "With x^2 and code", "h-with-x-2-and-code"),
        Heading(3, "向量", "h-向量"),
        Heading(3, "!!!", "h-section"),
    ]
    ids = [attributes["id"] for tag, attributes in Parsed(render_markdown(text)).elements
           if tag in ("h2", "h3")]  # fmt: skip
    assert ids == [heading.anchor for heading in outline(text)]


def test_code_is_coloured_by_classes() -> None:
    page = Parsed(render_markdown("```python\ndef f(): return 'a'\n```"))
    assert page.all("pre") == [{"class": "highlight", "tabindex": "0"}]
    assert {"class": "k"} in page.all("span")
    assert "def f(): return 'a'" in page.text


@pytest.mark.parametrize("fence", ["```no-such-language", "```", "    "])
def test_code_of_no_known_language_is_shown_as_it_is(fence: str) -> None:
    written = f"{fence}\n<b>&amp;\n```" if "`" in fence else "    <b>&amp;"
    page = Parsed(render_markdown(written))
    assert "<b>&amp;" in page.text
    assert page.all("span") == []


def test_of_much_code_only_the_first_is_coloured() -> None:
    text = ("```python\nif x:\n" + "    y = 1\n" * 350 + "```\n\n") * 8
    page = Parsed(render_markdown(text))
    assert page.all("span").count({"class": "k"}) == 5
    assert page.text.count("if x:") == 8


def test_very_long_code_is_not_coloured() -> None:
    page = Parsed(render_markdown("```python\n" + "x = 1\n" * 5_000 + "```"))
    assert page.all("span") == []
    assert page.text.count("x = 1") == 5_000


@pytest.mark.parametrize(
    ("fence", "name"),
    [
        ("```diagram How data flows\nA --> B\n```", "Diagram: How data flows"),
        ("```mermaid\ngraph TD\n A-->B\n```", "Diagram: graph TD A B"),
        ("```diagram\n-->\n```", "Diagram"),
        ('```diagram "><script>\nA\n```', 'Diagram: "><script>'),
    ],
)
def test_diagrams_are_named(fence: str, name: str) -> None:
    page = Parsed(render_markdown(fence))
    assert page.all("pre") == [
        {"class": "diagram", "role": "img", "aria-label": name, "tabindex": "0"}
    ]


def test_links_elsewhere_tell_nothing_of_us() -> None:
    link = Parsed(render_markdown("[a](https://example.org/x 'Title')")).all("a")[0]
    assert link["href"] == "https://example.org/x"
    assert link["rel"] == "noopener noreferrer nofollow"


@pytest.mark.parametrize(
    "address", ["#h-one", "/lessons/", "./x", "../x", "x/y", "mailto:a@example.org", "HTTPS://A.B"]
)
def test_links_that_lead_where_one_may_go(address: str) -> None:
    assert len(Parsed(render_markdown(f"[a]({address})")).all("a")) == 1


def test_pictures_are_named_and_not_loaded() -> None:
    html = render_markdown("![A *tree*](https://example.org/t.png) ![](https://example.org/u.png)")
    page = Parsed(html)
    assert page.all("img") == []
    assert "Image: A *tree*" in page.text or "Image: A tree" in page.text
    assert [link["href"] for link in page.all("a")] == [
        "https://example.org/t.png",
        "https://example.org/u.png",
    ]


def test_a_picture_in_a_link_keeps_the_link() -> None:
    page = Parsed(render_markdown("[![tree](https://a.example/t.png)](https://b.example/)"))
    assert [link["href"] for link in page.all("a")] == ["https://b.example/"]
    assert "Image: tree" in page.text


def test_a_line_has_no_paragraph() -> None:
    assert render_line("*a* $x$") == "<em>a</em> <math><mi>x</mi></math>"
