"""CPU of one polled request through the guarded client, beside raw streams, on loopback."""

from __future__ import annotations

import asyncio
from time import process_time
from typing import Final

from benchmarks.frame import Row, at_most
from benchmarks.server import serving
from relconsole.plugin_process.guarded_http import GuardedHttp

REQUESTS: Final = 1_000
ROUNDS: Final = 3
MILLI: Final = 1_000
MOST: Final = 0.5


def run() -> list[Row]:
    """Give the milliseconds of this process's CPU for one request."""
    with serving(1) as served:
        ours, raw = asyncio.run(_in_turn(served.ports[0]))
    return [
        at_most(
            Row(
                job="CPU of one polled request through the guarded client",
                measured=ours,
                unit="ms",
                peer="raw streams",
                peer_measured=raw,
                limit="at most 0.5 ms",
            ),
            MOST,
        )
    ]


async def _in_turn(port: int) -> tuple[float, float]:
    """Give the best of the rounds of both, taken in turn."""
    client = GuardedHttp(f"http://127.0.0.1:{port}")
    ours: list[float] = []
    raw: list[float] = []
    try:
        await client.request("GET", "/api/v1/query", query=(("query", "up"),))
        for _ in range(ROUNDS):
            began = process_time()
            for _ in range(REQUESTS):
                await client.request("GET", "/api/v1/query", query=(("query", "up"),))
            ours.append(process_time() - began)
            raw.append(await _raw(port))
    finally:
        await client.close()
    return min(ours) / REQUESTS * MILLI, min(raw) / REQUESTS * MILLI


async def _raw(port: int) -> float:
    """Give the seconds of CPU for the same requests by hand, over one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = process_time()
    for _ in range(REQUESTS):
        writer.write(b"GET /api/v1/query?query=up HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.rpartition(b": ")[2]))
    taken = process_time() - began
    writer.close()
    await writer.wait_closed()
    return taken
