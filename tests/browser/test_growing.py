"""Markdown while it is being written looks in outline as the server will show it."""

import pytest
from playwright.sync_api import Page

from core.rendering import Style, render_markdown
from tests.stubs.product_answers import CHAT, LESSON

SHOW = """async ([markdown, top]) => {
  const { Draft } = await import("/static/js/draft.js");
  const element = document.createElement("div");
  element.dataset.top = top;
  document.body.append(element);
  const draft = new Draft(element);
  let most = 0;
  for (const letter of markdown) {
    draft.add(letter);
    if (element.children.length < most) throw new Error(`shrinks before ${JSON.stringify(letter)}`);
    most = element.children.length;
  }
  const outline = (each) => [each.tagName, [...each.children].map((child) => child.tagName).filter(isBlock)];
  const isBlock = (tag) => ["LI", "P", "TABLE"].includes(tag);
  const drawn = [...element.children].map(outline);
  element.remove();
  return drawn;
}"""
OUTLINE = """(html) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  const isBlock = (tag) => ["LI", "P", "TABLE"].includes(tag);
  const outline = (each) => [each.tagName, [...each.children].map((child) => child.tagName).filter(isBlock)];
  return [...page.body.children].map(outline);
}"""
MIXED = """# Uppermost

A *line* of `code`, $a_1*b_1*c$ and **strong
words** over two lines,
and 1984. No list.
- bread
- butter
  on two lines

- jam

1. one
2. two

After.

> Quoted
> twice

---

### Deeper
```python
# no heading

- no list
```
| a | b |
|---|---|
| 1 | 2 |

\\[ x^2 \\]

$$y$$
The end is -1, not *
"""


@pytest.fixture
def quiet(page: Page) -> Page:
    page.goto("/healthz")
    return page


@pytest.mark.parametrize("text", [LESSON, CHAT, MIXED], ids=["lesson", "chat", "mixed"])
@pytest.mark.parametrize("style", Style)
def test_its_blocks_are_those_of_the_finished_text(quiet: Page, text: str, style: Style) -> None:
    drawn = quiet.evaluate(SHOW, [text, style.value[0]])

    assert drawn == quiet.evaluate(OUTLINE, render_markdown(text, style))


def test_nothing_in_it_is_markup(quiet: Page) -> None:
    nasty = '<img src=x onerror="document.title=1"> **<b>x</b>** `<i>` $<u>$\n\n| <s> |\n|---|\n'

    drawn = quiet.evaluate(SHOW, [nasty, 2])

    assert drawn == [["P", []], ["DIV", ["TABLE"]]]
    assert quiet.title() != "1"
