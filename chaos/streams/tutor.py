"""A provider that gives every question a text of its own, slowly, and counts the tokens that it sends."""

import itertools
import json
import random
import re
from collections.abc import Callable, Iterator

from chaos.provider import Provider
from tests.stubs.openai_server import Body, Handler, Reply, text
from tests.stubs.product_answers import answer

PACE = 0.02
WORDS = (
    "a **vector**",
    "größer",
    "方向と大きさ",
    "$\\lVert v \\rVert$",
    "so\n\n- that",
    "naïve",
    "of",
    "🧭",
    "is",
)
LENGTH = 110  # words
TOKENS = 160  # about what such a text takes
QUESTION = re.compile(r"question \d+ of [a-z]+ \d+")


def text_for(question: str) -> str:
    """Return what the tutor says to a question: always the same, and nothing that it says to another."""
    dice = random.Random(question)
    said = " ".join(dice.choice(WORDS) for _ in range(LENGTH))
    return f"On {question}: {said} - and that is all."


class CountingHandler(Handler):
    stub: "Tutor"

    def stream_events(self, reply: Reply, body: Body) -> Iterator[bytes]:
        for event in super().stream_events(reply, body):
            yield event
            self.stub.on_token()


class Tutor(Provider):
    """`tokens` counts what was sent; `on_call` hears of each, for it is a moment during a call."""

    handler = CountingHandler

    def __init__(self, seed: int, on_call: Callable[[], None]) -> None:
        super().__init__(seed, on_call, says=_say, pace=PACE)
        self.tokens = 0
        self._count = itertools.count(1)
        self._called = on_call

    def on_token(self) -> None:
        self.tokens = next(self._count)
        self._called()


def _say(body: Body) -> Reply:
    """Answer the last question of the conversation."""
    if body.get("response_format"):
        return answer(body)
    return text(text_for(QUESTION.findall(json.dumps(body["messages"]))[-1]))
