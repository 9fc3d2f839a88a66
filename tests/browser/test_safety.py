"""What learners and models write is text: nothing of it runs, loads, or leaves the site."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import Pointer
from tests.browser.learner import SLOW, Learner
from tests.browser.site import Site, running
from tests.stubs.openai_server import Reply, Stub, text
from tests.stubs.product_answers import LESSON, answer

VECTORS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    '"><script>alert(1)</script>',
    "'-alert(1)-'",
    "</textarea><script>alert(1)</script>",
    "{{constructor.constructor('alert(1)')()}}",
    "javascript:alert(1)",
]
MARKDOWN = [
    *VECTORS,
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt&colon;alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "![x](https://evil.example/track.png)",
    "![x](//evil.example/track.png)",
    '![x](x"onerror="alert(1))',
    '<https://evil.example/"onmouseover=alert(1)>',
    "$\\text{<script>alert(1)</script>}$",
    "$\\text{</math><img src=x onerror=alert(1)>}$",
    "$$\\href{javascript:alert(1)}{x}$$",
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href=//evil.example style=position:fixed>x</a>",
    "<form action=//evil.example><button>x</button></form>",
    "<base href=//evil.example><meta http-equiv=refresh content='0;url=//evil.example'>",
]
HOSTILE = LESSON + "\n\n" + "\n\n".join(MARKDOWN)


def hostile(body: dict) -> Reply:
    """A model that was talked into writing markup wherever it writes."""
    asked = body["messages"][-1]["content"]
    if "response_format" not in body:
        return text(HOSTILE if "Write the text of the lesson" in asked else "\n\n".join(MARKDOWN))
    reply = answer(body)
    for harmless in (
        "Linear algebra from the ground up",
        "One idea, one example.",
        "A single number",
    ):
        reply.text = reply.text.replace(harmless, harmless + " <img src=x onerror=alert(1)>")
    return reply


@pytest.fixture(scope="module")
def hostile_site(static_files: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("hostile")
    with Stub(answer=hostile) as stub, running(folder, **stub.environment) as site:
        yield site


@pytest.fixture
def site(hostile_site: Site) -> Site:
    return hostile_site


def test_what_a_model_writes_does_nothing(page: Page) -> None:
    """The `watch` behind `page` fails the test for any dialog, script error, CSP report or foreign request."""
    learner = Learner(page, Pointer(page))
    learner.sign_up()
    learner.get_course()
    expect(page.get_by_role("heading", level=1)).to_contain_text("<img src=x onerror=alert(1)>")
    learner.open_first_lesson()
    expect(learner.text).to_contain_text("<script>alert(1)</script>")
    learner.say("Anything?")
    learner.reply_after(0)
    learner.press("Give me an exercise")
    learner.reply_after(1)
    page.reload()
    assert (
        page.locator(
            "main img, main iframe, main script:not([src]), main form[action*=evil]"
        ).count()
        == 0
    )
    assert (
        page.locator("a[href^='javascript' i], a[href^='data' i], [onerror], [onclick]").count()
        == 0
    )


@pytest.mark.parametrize("vector", VECTORS)
def test_what_a_learner_writes_does_nothing(page: Page, vector: str) -> None:
    learner = Learner(page, Pointer(page))
    learner.sign_up()
    page.goto("/")
    page.goto(f"/syllabus/generate/?topic={vector}")
    expect(page.locator("[name=topic]")).to_have_value(vector)
    learner.get_course(vector)
    learner.open_first_lesson()
    learner.say(vector + " what?")
    expect(learner.own_messages).to_contain_text(vector, timeout=SLOW)
    learner.reply_after(0)
    for url in ("/", "/syllabus/", page.url):
        page.goto(url)
    expect(learner.own_messages).to_contain_text(vector)
