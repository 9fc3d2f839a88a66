"""The scripted provider: says what the product's prompts ask for, numbers its requests, fails now and then."""

import hashlib
import itertools
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.stubs.openai_server import Body, Reply, Stub, failure
from tests.stubs.product_answers import answer

FAILS = 0.04
PACE = 0.003


@dataclass(frozen=True)
class Asked:
    """One request: the same `content` is the same call of the same task. `at` is the time it came in."""

    number: int
    content: str
    at: float


class Provider(Stub):
    """Reports the number of a request as its prompt tokens, so that the ledger says which one each line paid for."""

    def __init__(
        self,
        seed: int,
        on_call: Callable[[], None],
        says: Callable[[Body], Reply] = answer,
        pace: float = PACE,
    ) -> None:
        super().__init__(self._answer)
        self.asked: list[Asked] = []
        self._numbers = itertools.count(1)
        self._dice = random.Random(seed)
        self._on_call = on_call
        self._says = says
        self._pace = pace

    def _answer(self, body: Body) -> Reply:
        number = next(self._numbers)
        said = json.dumps([body["messages"], body.get("response_format")], sort_keys=True)
        content = hashlib.sha256(said.encode()).hexdigest()
        self.asked.append(Asked(number, content, time.time()))
        self._on_call()
        if self._dice.random() < FAILS:
            return failure(503)
        reply = self._says(body)
        reply.pace, reply.tokens_in = self._pace, number
        return reply
