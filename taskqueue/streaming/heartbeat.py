"""Signs of life, by which browsers and proxies know an idle stream from a dead one."""

import asyncio
from collections.abc import Sequence

from taskqueue.streaming.reader import HEARTBEAT, Reader

AT_ONCE = 50
PAUSE = 0.02


def beat(readers: Sequence[Reader]) -> None:
    """Send one to each of them, some at a time: news must not wait behind thousands. In the event loop's thread."""
    for reader in readers[:AT_ONCE]:
        reader.put(HEARTBEAT)
    if later := readers[AT_ONCE:]:
        asyncio.get_running_loop().call_later(PAUSE, beat, later)
