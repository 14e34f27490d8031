"""One release on the bridge of the window: its room, what is observed for it, and its views."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from relconsole.adapters.print_process import PrintProcess
from relconsole.adapters.signing import RequestFolder
from relconsole.domain.kernel.ids import ReleaseId
from relconsole.ports.journal import Lease
from relconsole.runtime.console import Console
from relconsole.runtime.tasks import AsyncioTasks, WindowTasks
from relconsole.services.amending import Amender
from relconsole.services.closing import Closer
from relconsole.services.history import Historian
from relconsole.services.reporting import Reporter
from relconsole.services.watch import Watcher
from relconsole_ui.controllers.conducting import Attended, Conducting
from relconsole_ui.controllers.room import Room, Sight, Tools
from relconsole_ui.design.look import Look
from relconsole_ui.shell.bridge import BridgeRoom
from relconsole_ui.shell.building import build_in_turns
from relconsole_ui.shell.plans import PlanTools
from relconsole_ui.shell.screen_asker import ScreenAsker
from relconsole_ui.shell.window import ConsoleWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a night is put up: the look, the window, the open console and the owner of tasks."""

    look: Look
    window: ConsoleWindow
    console: Console
    tasks: WindowTasks


class Night:
    """The night of a release; ``build`` puts up its bridge, ``close`` takes away what stands."""

    def __init__(self, stage: Stage, release: ReleaseId, zone: str) -> None:
        """Take where it is put up, whose night it is, and the zone of times a person chose."""
        self._stage = stage
        console = stage.console
        planned = console.desk.state.workspace.releases[release]
        tasks = AsyncioTasks()
        self._historian = Historian(
            plugins=console.plugins, clock=console.clock, tasks=tasks, release=planned
        )
        self._looker = Watcher(
            desk=console.desk,
            plugins=console.plugins,
            clock=console.clock,
            tasks=tasks,
            release=planned,
        )
        self.room = Room(
            tools=_tools_of(console),
            tasks=stage.tasks,
            sight=Sight(standing=console.plugins.standing, series=lambda: self._historian.series),
            release=release,
            kind=console.kind,
            zone=zone or planned.zone,
            turns=_have_a_turn,
        )
        self.conducting = Conducting(self.room, console.opener, self._attend)
        self.bridge = BridgeRoom(
            stage.look, stage.window, self.room, self.conducting, _plan_tools_of(console)
        )

    async def build(self, is_wanted: Callable[[], bool]) -> bool:
        """Put the bridge up over many turns; False where that was not wanted to its end."""
        return await build_in_turns(self.bridge.build(), is_wanted)

    async def keep_history(self) -> None:
        """Keep the series of the indicators as they are read, until the room is left."""
        historian, looker, sight = self._historian, self._looker, self.room.sight
        while not self.room.is_left:
            if not self.conducting.is_conducting:
                await looker.look()
            if not self.conducting.is_conducting:
                sight.watches = lambda: looker.watches
            historian.take(sight.watches())
            await historian.refresh()
            await self._stage.console.clock.sleep(1.0)

    def close(self) -> None:
        """Take what stands of the bridge out of the window."""
        self.bridge.close()

    def _attend(self, lease: Lease, is_cancelled: Callable[[], bool]) -> Attended:
        """Give what conducts the run of a lease."""
        console = self._stage.console
        crew = console.crew(lease, ScreenAsker(), self._stage.window.notice.say)
        attendance = console.attendance(lease, crew, is_cancelled)
        return Attended(attendance=attendance, watcher=crew.watcher)


def _tools_of(console: Console) -> Tools:
    """Give the services behind the acts of a night."""
    return Tools(
        desk=console.desk,
        mover=console.mover,
        interviewer=console.interviewer(ScreenAsker()),
        armourer=console.armourer,
        retreat=console.retreat,
        clock=console.clock,
        requests=RequestFolder(console.layout.requests, console.layout.folder),
    )


def _plan_tools_of(console: Console) -> PlanTools:
    """Give the services behind the plan and its papers."""
    desk, clock = console.desk, console.clock
    return PlanTools(
        amender=Amender(desk=desk, plugins=console.plugins, clock=clock),
        reporter=Reporter(desk=desk, clock=clock, codec=console.codec),
        closer=Closer(desk=desk, clock=clock, deliver=console.dispatcher.deliver),
        paper=PrintProcess(console.layout.folder, console.kind),
    )


def _have_a_turn(call: Callable[[], None]) -> None:
    """Let a call have a turn of its own in the loop of the window."""
    asyncio.get_running_loop().call_soon(call)
