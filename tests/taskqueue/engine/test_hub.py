"""The hub of streams beside an event loop that is busy."""

import asyncio
import threading
import tracemalloc

from django.db import connection

from taskqueue.models import AITask
from taskqueue.streaming.hub import Hub
from taskqueue.streaming.reader import Subscription, Visit
from taskqueue.telling import Teller

PIECE = "All work and no play. " * 3_000
PIECES = 60


async def most_held(task: AITask) -> int:
    """Tell far more than the loop, which is kept busy by that, can pass on; return the most bytes held meanwhile."""
    hub, teller = Hub(), Teller()
    reader = hub.join(Subscription(task.pk, 0, Visit("session", "hash", 1, as_staff=True)))
    await reader.take()
    tracemalloc.start()
    for _ in range(PIECES):
        teller.gather((task.pk, task.fence), PIECE)
        teller.write()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    hub.leave(reader)
    connection.close()  # the coroutine's own
    while "hub" in {thread.name for thread in threading.enumerate()}:
        await asyncio.sleep(0.05)
    return most


def test_what_cannot_be_passed_on_yet_is_not_read_again_and_again(put) -> None:
    told = put("note")
    told.now().begin()

    held = asyncio.run(most_held(told.now()))

    assert held < 2 * PIECES * len(PIECE)
