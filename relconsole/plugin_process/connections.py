"""The connections to one origin: a few at once, kept for the next request, over the HTTP library.

A pool of the library looks at each of its connections, and at everybody who waits, whenever a
request comes or goes. So each connection has a pool of its own here, and whoever finds no place
waits in line before all of them. What a request may hold and what an error means stands in
``guarded_http``.
"""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from relconsole.plugin_api.errors import Unreachable

if TYPE_CHECKING:
    import ssl

    import httpx

CONNECTIONS: Final = 8
"""To one origin at once; whoever comes next waits for a place."""

_KEPT_ALIVE: Final = 30.0

Origin = tuple[str, str, int]


class Connections:
    """Some connections to one origin; opened when first used."""

    def __init__(self, tls: ssl.SSLContext, *, kept_alive: float = _KEPT_ALIVE) -> None:
        """Keep the context, which is unused without TLS, and how long an idle one is kept."""
        self._tls = tls
        self._kept_alive = kept_alive
        self._places = asyncio.Semaphore(CONNECTIONS)
        self._all: set[httpx.AsyncHTTPTransport] = set()
        self._idle: list[tuple[float, httpx.AsyncHTTPTransport]] = []
        self._is_closed = False

    @asynccontextmanager
    async def place(self) -> AsyncGenerator[httpx.AsyncHTTPTransport]:
        """Give one connection for one request, in the order of asking; Unreachable once closed.

        It is the one used last, which most surely still stands; after an error it is closed.
        """
        async with self._places:
            if self._is_closed:
                raise Unreachable("The connections are closed.")
            transport = self._idle.pop()[1] if self._idle else self._opened()
            try:
                yield transport
            except BaseException:
                self._all.discard(transport)
                await transport.aclose()
                raise
            self._idle.append((time.monotonic(), transport))
            await self._drop_expired()

    async def close(self) -> None:
        """Close every connection."""
        self._is_closed = True
        self._idle.clear()
        while self._all:
            await self._all.pop().aclose()

    def _opened(self) -> httpx.AsyncHTTPTransport:
        import httpx

        limits = httpx.Limits(
            max_connections=1, max_keepalive_connections=1, keepalive_expiry=self._kept_alive
        )
        transport = httpx.AsyncHTTPTransport(verify=self._tls, trust_env=False, limits=limits)
        self._all.add(transport)
        return transport

    async def _drop_expired(self) -> None:
        """Close what nobody has used for long, as after many requests at once."""
        oldest = time.monotonic() - self._kept_alive
        while self._idle and self._idle[0][0] < oldest:
            _, transport = self._idle.pop(0)
            self._all.discard(transport)
            await transport.aclose()


class Origins:
    """The connections to each origin that a plugin reaches, with one TLS context for all."""

    def __init__(self, tls: Callable[[], ssl.SSLContext]) -> None:
        """Keep how a context is made; it takes longer to make than ten calls."""
        self._tls = functools.cache(tls)
        self._by_origin: dict[Origin, Connections] = {}

    def at(self, origin: Origin) -> Connections:
        """Give the connections to an origin."""
        known = self._by_origin.get(origin)
        if known is None:
            context = self._tls() if origin[0] == "https" else _trusting_nobody()
            known = self._by_origin[origin] = Connections(context)
        return known

    async def close(self) -> None:
        """Close every connection."""
        for connections in self._by_origin.values():
            await connections.close()


class Early:
    """Tells an answer that was there before its question: a second one to the question before.

    The library reads on in what came with the answer before. Whoever waits for the network gives
    the loop a turn; what is there already is read without one. Goes along as the request's trace.
    """

    def __init__(self) -> None:
        """Begin with the request."""
        self.is_early = False
        self._has_turned = False

    async def __call__(self, event: str, info: Mapping[str, object]) -> None:
        """Hear of a step of the library."""
        del info
        if event == "http11.receive_response_headers.started":
            asyncio.get_running_loop().call_soon(self._turn)
        elif event == "http11.receive_response_headers.complete":
            self.is_early = not self._has_turned

    def _turn(self) -> None:
        self._has_turned = True


@functools.cache
def _trusting_nobody() -> ssl.SSLContext:
    """Give the context that the library wants where there is no TLS."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
