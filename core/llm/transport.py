"""A connection to a provider that keeps the deadline of a call.

The clients' own timeout is for one read, so a server that sends a byte now and then holds a worker for ever. Here
every read waits for a slice of time only, and asks the call's bound between slices; a cancelled call is therefore
cut within a slice too, even while the provider says nothing.
"""

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore2
import httpx2

from core.llm.bound import current_bound

SLICE = 0.25


def http_client(timeout: float) -> httpx2.Client:
    """Return a client whose reads obey `current_bound`; `timeout` seconds bound what happens outside of one."""
    return httpx2.Client(transport=BoundedTransport(), timeout=timeout)


class BoundedTransport(httpx2.HTTPTransport):
    """The usual transport, with the pool's network put behind `BoundedBackend`."""

    def __init__(self) -> None:
        # The queue's slots bound how many calls run at once; waiting for a connection would be a second queue.
        super().__init__(limits=httpx2.Limits(max_connections=None))
        # httpx2 has no argument for it, though httpcore2's pool takes one.
        self._pool._network_backend = BoundedBackend(self._pool._network_backend)


class BoundedBackend(httpcore2.NetworkBackend):
    def __init__(self, inner: httpcore2.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        bound = current_bound.get()
        wait = timeout if bound is None else bound.remaining()
        inner = self._inner.connect_tcp(host, port, wait, local_address, socket_options)
        return BoundedStream(inner)


class BoundedStream(httpcore2.NetworkStream):
    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        bound = current_bound.get()
        if bound is None:
            return self._inner.read(max_bytes, timeout)
        while True:
            try:
                return self._inner.read(max_bytes, min(SLICE, bound.remaining()))
            except httpcore2.ReadTimeout:
                continue

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        bound = current_bound.get()
        self._inner.write(buffer, timeout if bound is None else bound.remaining())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        bound = current_bound.get()
        wait = timeout if bound is None else bound.remaining()
        return BoundedStream(self._inner.start_tls(ssl_context, server_hostname, wait))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
