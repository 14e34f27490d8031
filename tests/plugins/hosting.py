"""A plugin host for tests: the real one, with a real clock and secrets from a table."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncGenerator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from relconsole.adapters.plugin_host import Limits, PluginHost
from relconsole.adapters.plugin_host.connection import Connection
from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.kernel.json import Json
from relconsole.ports.credentials import Secret


class RealClock:
    """The clocks of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def tick(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def system(name: str, plugin: str, url: str = "", /, **settings: Json) -> System:
    return System(id=SystemId(name), plugin=plugin, url=url, settings=settings)


@contextlib.asynccontextmanager
async def hosted(
    folder: Path,
    *systems: System,
    secrets: Mapping[str, str] | None = None,
    limits: Limits | None = None,
) -> AsyncGenerator[PluginHost]:
    """Give a host of these systems, and see that it leaves no process behind."""
    known = secrets or {}

    async def secret(name: SystemId) -> Secret | None:
        return Secret(known[name]) if name in known else None

    host = PluginHost(
        lambda: {one.id: one for one in systems},
        secrets=secret,
        folder=folder,
        clock=RealClock(),
        limits=limits or Limits(read=5.0, effect=5.0),
    )
    started: set[int] = set()
    try:
        yield host
        started = {pid for child in children_of(host) for pid in in_session(child)}
    finally:
        await host.close()
    assert {pid for pid in started if is_alive(pid)} == set()


def children_of(host: PluginHost) -> set[int]:
    """The numbers of the child processes that stand now."""
    connections = [one for one in host._connections.values() if isinstance(one, Connection)]
    children = [one._child for one in connections if one._child is not None]
    return {one._transport.get_pid() for one in children if one._transport is not None}


def in_session(leader: int) -> set[int]:
    """The processes of a session, which is named by the number of its first one."""
    found: set[int] = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
                if int(fields[3]) == leader and fields[0] != "Z":
                    found.add(int(entry.name))
    return found


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")


def kill(pid: int) -> None:
    """End one process by its number."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


async def until(holds: object, seconds: float = 60.0) -> None:
    """Wait until a condition holds; fails where it never does."""
    end = time.monotonic() + seconds
    assert callable(holds)
    while not holds():
        assert time.monotonic() < end, "it never came to be"
        await asyncio.sleep(0.01)
