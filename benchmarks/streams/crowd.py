"""Thousands of readers in one thread of an event loop: each notes when which event came in."""

import asyncio
import re
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

PATIENCE = 120.0
AT_ONCE = 40
MARK = re.compile(rb'"text": "mark (\d+)"')


class Crowd:
    """`heard` has the times of arrival (time.monotonic) of each mark, one for each reader of its task."""

    def __init__(self, port: int, cookie: str) -> None:
        self.heard: defaultdict[int, list[float]] = defaultdict(list)
        self._port = port
        self._cookie = cookie
        self._loop = asyncio.new_event_loop()
        self._readers: list[asyncio.Task[None]] = []
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def open(self, tasks: list[uuid.UUID]) -> None:
        """Open a stream for each of these, and return when every one has begun."""
        self._do(self._open(tasks))

    def visit(self, task: uuid.UUID, times: int) -> None:
        """Open a stream and close it again when it has begun, that many times, some at once."""
        self._do(self._visit(task, times))

    def leave(self) -> None:
        """Close all streams."""
        self._do(self._leave())

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10 * PATIENCE)

    async def _open(self, tasks: list[uuid.UUID]) -> None:
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(task: uuid.UUID) -> None:
            async with gate:
                reader, writer = await self._connect(task)
            self._readers.append(asyncio.ensure_future(self._read(reader, writer)))

        await asyncio.gather(*map(one, tasks))

    async def _visit(self, task: uuid.UUID, times: int) -> None:
        async def some() -> None:
            for _ in range(times // AT_ONCE):
                _, writer = await self._connect(task)
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()

        await asyncio.gather(*(some() for _ in range(AT_ONCE)))

    async def _leave(self) -> None:
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
        self._readers.clear()

    async def _connect(self, task: uuid.UUID) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=2**22)
        writer.write(
            f"GET /api/tasks/{task}/events/ HTTP/1.1\r\nHost: localhost\r\nCookie: {self._cookie}\r\n\r\n".encode()
        )
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        assert head.startswith(b"HTTP/1.1 200"), head
        await asyncio.wait_for(reader.readuntil(b"retry: 2000\n\n"), PATIENCE)
        return reader, writer

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(2**16):
                now = time.monotonic()
                for mark in MARK.findall(data):
                    self.heard[int(mark)].append(now)
        finally:
            writer.close()
