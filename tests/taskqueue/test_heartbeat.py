"""Signs of life to thousands of streams at once do not hold up what else the event loop has to do."""

import asyncio
import uuid

from taskqueue.streaming.heartbeat import AT_ONCE, beat
from taskqueue.streaming.reader import BEGINNING, HEARTBEAT, Reader, Subscription, Visit

READERS = 5 * AT_ONCE + 1


async def ahead_of_others() -> tuple[int, list[bytes]]:
    """Beat once; return how many readers were served before others had a turn, and what all got in the end."""
    visit = Visit("session", "hash", 1, as_staff=False)
    readers = [Reader(Subscription(uuid.uuid4(), 0, visit)) for _ in range(READERS)]
    assert {await reader.take() for reader in readers} == {BEGINNING}
    taking = [asyncio.ensure_future(reader.take()) for reader in readers]
    await asyncio.sleep(0)

    beat(readers)

    await asyncio.sleep(0)
    await asyncio.sleep(0)
    served = sum(each.done() for each in taking)
    return served, await asyncio.gather(*taking)


def test_it_goes_to_some_at_a_time_and_to_all_in_the_end() -> None:
    served, got = asyncio.run(ahead_of_others())

    assert 0 < served <= AT_ONCE
    assert got == [HEARTBEAT] * READERS
