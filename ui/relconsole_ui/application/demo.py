"""The demo as the window opens it: a running estate, and the console over its night."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from relconsole.runtime.composition import open_console
from relconsole.runtime.console import Announce, Console
from relconsole.runtime.demo import (
    RELEASE,
    DemoHome,
    demo_key,
    demo_wish,
    found_demo,
    start_estate,
    stop_estate,
)

__all__ = ["RELEASE", "open_demo"]


@asynccontextmanager
async def open_demo(folder: Path | None, seed: int, announce: Announce) -> AsyncGenerator[Console]:
    """Start the estate and open its night, both ended afterwards."""
    key = demo_key()
    async with (
        _demo_home(folder, seed) as home,
        open_console(demo_wish(home, key, announce)) as console,
    ):
        await found_demo(console, home, key)
        yield console


@asynccontextmanager
async def _demo_home(folder: Path | None, seed: int) -> AsyncGenerator[DemoHome]:
    """Give a running estate, ended and taken away afterwards."""
    with tempfile.TemporaryDirectory(prefix="relconsole-demo-") as made:
        home = DemoHome((folder or Path(made)).resolve())
        home.folder.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(start_estate, home, seed)
        try:
            yield home
        finally:
            await asyncio.to_thread(stop_estate, home)
