"""A server on loopback that answers every request with one value of a time series."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

_SERVER: Final = """
import asyncio, sys
BODY = (b'{"status":"success","data":{"resultType":"vector","result":[{"metric":'
        b'{"service":"payments"},"value":[1795151710.825,"0.25"]}]}}')
HEAD = b"HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\ncontent-length: %d\\r\\n\\r\\n"
async def serve(reader, writer):
    try:
        while await reader.readuntil(b"\\r\\n\\r\\n"):
            writer.write(HEAD % len(BODY) + BODY)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    servers = [await asyncio.start_server(serve, "127.0.0.1", 0) for _ in range(int(sys.argv[1]))]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


@dataclass(frozen=True, slots=True)
class Served:
    """The server's process and the ports on which it answers."""

    process: int
    ports: Sequence[int]


@contextmanager
def serving(count: int) -> Generator[Served]:
    """Serve on so many ports from a process of its own, ended at the end."""
    command = [sys.executable, "-c", _SERVER, str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            line = server.stdout.readline() if server.stdout else ""
            yield Served(server.pid, [int(port) for port in line.split()])
        finally:
            server.kill()
