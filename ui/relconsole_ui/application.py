"""The application: composes the console with the window, and ends both in order."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.ids import ReleaseId
from relconsole.domain.record.recorded import Recorded
from relconsole.ports.journal import Lease
from relconsole.runtime.composition import open_console
from relconsole.runtime.console import Console
from relconsole.runtime.demo import (
    RELEASE,
    DemoHome,
    demo_key,
    demo_wish,
    found_demo,
    start_estate,
    stop_estate,
)
from relconsole.runtime.tasks import WindowTasks
from relconsole_ui.controllers.conducting import Attended, Conducting
from relconsole_ui.controllers.room import Room, Sight, Tools
from relconsole_ui.design.look import Look
from relconsole_ui.shell.bridge import BridgeRoom
from relconsole_ui.shell.screen_asker import ScreenAsker
from relconsole_ui.shell.window import ConsoleWindow
from relconsole_ui.views.start.start import StartPage


class Announcer:
    """Hands facts on to the room, once there is one."""

    def __init__(self) -> None:
        self.room: Room | None = None

    def __call__(self, recorded: Recorded[ConsoleFact], state: ConsoleState) -> None:
        """Take a fact that was recorded."""
        if self.room is not None:
            self.room.take_fact(recorded, state)


async def live(
    asked: argparse.Namespace, look: Look, window: ConsoleWindow, start: StartPage
) -> int:
    """Live until the window is closed, and give the exit status."""
    closing = asyncio.Event()
    window.closing.connect(closing.set)
    if asked.verb == "demo":
        await _live_demo(asked, look, window, start, closing)
    else:
        start.show_choice("relconsole", "", may_import=False, has_folder=False)
        await closing.wait()
    window.let_close()
    return 0


async def _live_demo(
    asked: argparse.Namespace,
    look: Look,
    window: ConsoleWindow,
    start: StartPage,
    closing: asyncio.Event,
) -> None:
    """Start the estate, open its night, and stay until the window is closed."""
    announcer = Announcer()
    async with AsyncExitStack() as stack:
        start.show_loading("Starting the demo", "Real services on this machine. Nothing leaves it.")
        home = await stack.enter_async_context(_demo_home(asked.folder, asked.seed))
        key = demo_key()
        console = await stack.enter_async_context(open_console(demo_wish(home, key, announcer)))
        await found_demo(console, home, key)
        bridge = await stack.enter_async_context(_bridge(console, announcer, look, window, RELEASE))
        bridge.begin(rehearsal=False)
        await closing.wait()


@asynccontextmanager
async def _demo_home(folder: Path | None, seed: int) -> AsyncGenerator[DemoHome]:
    """Give a running estate, ended and taken away afterwards."""
    with tempfile.TemporaryDirectory(prefix="relconsole-demo-") as made:
        home = DemoHome(folder or Path(made))
        home.folder.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(start_estate, home, seed)
        try:
            yield home
        finally:
            await asyncio.to_thread(stop_estate, home)


@asynccontextmanager
async def _bridge(
    console: Console,
    announcer: Announcer,
    look: Look,
    window: ConsoleWindow,
    release: ReleaseId,
) -> AsyncGenerator[BridgeRoom]:
    """Give the bridge of a release over a console; it is left in order at the end."""
    tasks = WindowTasks(lambda name, failure: window.notice.say(f"{name} failed: {failure!r}"))
    found = console.desk.state.workspace.releases[release]
    room = Room(
        tools=Tools(
            desk=console.desk,
            mover=console.mover,
            interviewer=console.interviewer(ScreenAsker()),
            armourer=console.armourer,
            retreat=console.retreat,
            clock=console.clock,
        ),
        tasks=tasks,
        sight=Sight(standing=console.plugins.standing),
        release=release,
        kind=console.kind,
        zone=found.zone,
    )
    announcer.room = room

    def attend(lease: Lease, is_cancelled: object) -> Attended:
        crew = console.crew(lease, ScreenAsker(), window.notice.say)
        attendance = console.attendance(lease, crew, is_cancelled)  # type: ignore[arg-type]
        return Attended(attendance=attendance, watcher=crew.watcher)

    conducting = Conducting(room, console.opener, attend)
    bridge = BridgeRoom(look, window, room, conducting)
    try:
        yield bridge
    finally:
        conducting.leave()
        bridge.close()
        await tasks.close()
        announcer.room = None
