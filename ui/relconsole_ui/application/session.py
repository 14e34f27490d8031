"""One console in the window: its tasks, the room of the release on the bridge, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from relconsole.adapters.print_process import PrintProcess
from relconsole.adapters.settings import SettingsFile
from relconsole.adapters.signing import RequestFolder
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.errors import Bug, RelconsoleError
from relconsole.domain.kernel.ids import ReleaseId
from relconsole.domain.record.recorded import Recorded
from relconsole.ports.journal import JournalKind, Lease
from relconsole.runtime.console import Console
from relconsole.runtime.tasks import AsyncioTasks, WindowTasks
from relconsole.services.amending import Amender
from relconsole.services.closing import Closer
from relconsole.services.history import Historian
from relconsole.services.reporting import Reporter
from relconsole.services.watch import Watcher
from relconsole_ui.application.pages import PagesWish, StorePages
from relconsole_ui.controllers.conducting import Attended, Conducting
from relconsole_ui.controllers.room import Room, Sight, Tools
from relconsole_ui.design.look import Look
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.shell.bridge import BridgeRoom
from relconsole_ui.shell.plans import PlanTools
from relconsole_ui.shell.screen_asker import ScreenAsker
from relconsole_ui.shell.window import ConsoleWindow
from relconsole_ui.views.start.demo_strip import DemoStrip

KEEP_SECONDS: Final = 2.0
CHECK_SECONDS: Final = 15.0
"""How often systems that nobody asked meanwhile are asked whether they are there."""

STAYS_OUT: Final = "is not on the bridge: a night is conducted there. Leave it first."


class Travel(Protocol):
    """Where the window can go from a console."""

    def go_to_demo(self) -> None:
        """Go to the demo."""
        ...

    def go_to_store(self, *, rehearsal: bool, imports: bool = False) -> None:
        """Go to a journal of the store."""
        ...

    def go_to_connect(self) -> None:
        """Go to one's own store, where a system is connected."""
        ...


class Announcer:
    """Hands facts on to the room and the pages, once there are any."""

    def __init__(self) -> None:
        self.room: Room | None = None
        self.pages: StorePages | None = None

    def __call__(self, recorded: Recorded[ConsoleFact], state: ConsoleState) -> None:
        """Take a fact that was recorded."""
        if self.pages is not None:
            self.pages.take_fact(recorded, state)
        if self.room is not None:
            self.room.take_fact(recorded, state)


class Session:
    """A console that is open in the window."""

    def __init__(
        self,
        look: Look,
        window: ConsoleWindow,
        console: Console,
        announcer: Announcer,
        settings: SettingsFile,
        travel: Travel,
    ) -> None:
        self._look = look
        self._window = window
        self._console = console
        self._announcer = announcer
        self._settings = settings
        self._travel = travel
        self._tasks = WindowTasks(
            lambda name, failure: window.notice.say(failure_words(name, failure))
        )
        self._bridge: BridgeRoom | None = None
        self._room: Room | None = None
        self._conducting: Conducting | None = None
        self._kept_at = console.clock.now()
        self._bound_before = window.actions_.names
        self._tasks.poll("check systems", self._keep_checking)
        window.frame(rail=True, bars=False)
        self._pages = self._open_pages()
        announcer.pages = self._pages
        self._tasks.poll("look at the clock", self._keep_looking)
        self._bind_travel()
        if console.kind is JournalKind.DEMO:
            self._show_demo()
            return
        for line in console.said:
            window.notice.say(line)

    def _open_pages(self) -> StorePages:
        """Give the pages that do not belong to one release."""
        is_demo = self._console.kind is JournalKind.DEMO
        wish = PagesWish(
            zone=lambda: "UTC" if self._room is None else self._room.zone,
            taken=self._open_taken,
            changed=self._show_changed,
            connect_elsewhere=self._travel.go_to_connect if is_demo else None,
        )
        return StorePages(
            self._look, self._window, self._console, self._tasks, self._settings, wish
        )

    def _show_changed(self) -> None:
        """Show everything again where whose key is open, or the zone of times, is another."""
        if self._room is not None:
            known = self._settings.known.zone
            self._room.zone = known or self._room.seen().release.zone
            self._room.show()

    async def _keep_looking(self) -> None:
        """Show what time alone changes on the pages."""
        while True:
            await self._console.clock.sleep(1.0)
            self._pages.show()

    def connect_system(self) -> None:
        """Open the settings where a system is connected."""
        self._pages.connect_system()

    def _bind_travel(self) -> None:
        """Bind what leads from one journal to another."""
        table, kind = self._window.actions_, self._console.kind
        table.bind("rehearse", lambda: self._travel.go_to_store(rehearsal=True))
        table.bind("go-live", lambda: self._travel.go_to_store(rehearsal=False))
        table.bind("demo", self._travel.go_to_demo)
        for deed, at in (
            ("rehearse", JournalKind.REHEARSAL),
            ("go-live", JournalKind.LIVE),
            ("demo", JournalKind.DEMO),
        ):
            table.set_possible(deed, kind is not at, "this is where you are")

    def _show_demo(self) -> None:
        """Say that this is the demo, with hints until somebody has seen them."""
        strip = DemoStrip(self._look)
        strip.show_hints(are_shown=not self._settings.known.seen_tour)
        strip.hints_left.connect(self._leave_hints)
        strip.connect_wanted.connect(self._travel.go_to_connect)
        self._window.set_banner(strip)
        self._window.actions_.bind("tour", lambda: strip.show_hints(are_shown=True))

    def _leave_hints(self) -> None:
        known = self._settings.known
        self._settings.write(msgspec.structs.replace(known, seen_tour=True))

    def open_where_it_was(self, *, imports: bool = False, at_bridge: bool = False) -> None:
        """Open the release that was on the bridge last, or the one whose window comes next.

        ``at_bridge`` for whoever comes for the night, wherever in the window they came from.
        """
        releases = self._console.desk.state.workspace.releases
        known = ReleaseId(self._settings.known.release)
        now = self._console.clock.now()
        coming = sorted(
            releases.values(), key=lambda each: (each.window.end < now, each.window.start)
        )
        if known in releases:
            self.open_release(known)
        elif coming:
            self.open_release(coming[0].id)
        if at_bridge and self._bridge is not None:
            self._bridge.stand_at_card()
        if imports or not releases:
            self._window.open_page("import")

    def open_release(self, release: ReleaseId) -> None:
        """Put a release on the bridge."""
        console = self._console
        planned = console.desk.state.workspace.releases[release]
        self._historian = Historian(
            plugins=console.plugins, clock=console.clock, tasks=AsyncioTasks(), release=planned
        )
        room = Room(
            tools=Tools(
                desk=console.desk,
                mover=console.mover,
                interviewer=console.interviewer(ScreenAsker()),
                armourer=console.armourer,
                retreat=console.retreat,
                clock=console.clock,
                requests=RequestFolder(console.layout.requests, console.layout.folder),
            ),
            tasks=self._tasks,
            sight=Sight(standing=console.plugins.standing, series=lambda: self._historian.series),
            release=release,
            kind=console.kind,
            zone=self._settings.known.zone or planned.zone,
            turns=_have_a_turn,
        )
        self._announcer.room = self._room = room
        self._tasks.poll("keep history", lambda: self._keep_history(room))
        self._looker = Watcher(
            desk=console.desk,
            plugins=console.plugins,
            clock=console.clock,
            tasks=AsyncioTasks(),
            release=planned,
        )
        self._conducting = conducting = Conducting(room, console.opener, self._attend)
        self._bridge = BridgeRoom(
            self._look, self._window, room, conducting, plan_tools_of(console)
        )
        self._bridge.on_release = self._jump_to
        known = self._settings.known
        self._bridge.stand_where(page=known.page, step=known.step, docks=known.layout)
        self._settings.write(msgspec.structs.replace(known, release=release))
        room.follow(self._keep_now_and_then)

    def _open_taken(self, release: ReleaseId) -> None:
        """Put a release that was taken in on the bridge, unless a night is conducted there."""
        if self._change_release(release):
            self._window.open_page("import")

    def _change_release(self, release: ReleaseId) -> bool:
        """Put another release on the bridge; False, and said, while a night is conducted."""
        if self._conducting is not None and self._conducting.is_busy:
            title = self._console.desk.state.workspace.releases[release].title
            self._window.notice.say(f"{title} {STAYS_OUT}")
            return False
        if self._bridge is not None:
            self._bridge.close()
            self._bridge = None
        self.open_release(release)
        return True

    def _jump_to(self, release: ReleaseId) -> None:
        """Go to a release that somebody named in the palette."""
        here = self._announcer.room
        if (here is not None and here.release == release) or self._change_release(release):
            self._window.open_page("bridge")

    def _keep_now_and_then(self, seen: Seen) -> None:
        """Keep where the person is every other second, for the next start and after a crash."""
        if (seen.now - self._kept_at).total_seconds() >= KEEP_SECONDS:
            self._kept_at = seen.now
            self._keep_place()

    def _keep_place(self) -> None:
        """Keep the page, the step on the card, and which docks are in sight."""
        if self._bridge is None or self._console.kind is JournalKind.DEMO:
            return
        place = self._bridge.place()
        known = self._settings.known
        self._settings.write(
            msgspec.structs.replace(known, page=place.page, step=place.step, layout=place.docks)
        )

    @property
    def is_conducting(self) -> bool:
        """Tell whether the night on the bridge is conducted here."""
        return self._conducting is not None and self._conducting.is_conducting

    def begin(self) -> None:
        """Open the night on the bridge, or take it up."""
        if self._bridge is not None:
            self._bridge.begin()

    async def close(self) -> None:
        """Leave the night in order, drain what is on its way, and take the views away."""
        if self._bridge is not None:
            self._bridge.leave()
        await self._tasks.close()
        self._announcer.room = None
        self._window.set_banner(None)
        self._keep_place()
        if self._bridge is not None:
            self._bridge.close()
        self._announcer.pages = None
        self._pages.close()
        self._window.actions_.keep_only(self._bound_before)
        self._window.frame(rail=False, bars=False)

    def _attend(self, lease: Lease, is_cancelled: Callable[[], bool]) -> Attended:
        """Give what conducts the run of a lease."""
        crew = self._console.crew(lease, ScreenAsker(), self._window.notice.say)
        attendance = self._console.attendance(lease, crew, is_cancelled)
        return Attended(attendance=attendance, watcher=crew.watcher)

    async def _keep_checking(self) -> None:
        """Ask the systems whether they are there, again and again."""
        while True:
            await self._console.plugins.check_systems()
            await self._console.clock.sleep(CHECK_SECONDS)

    async def _keep_history(self, room: Room) -> None:
        """Keep the series of the indicators as they are read."""
        historian, looker = self._historian, self._looker
        while self._announcer.room is room:
            if not self.is_conducting:
                await looker.look()
            if not self.is_conducting:
                room.sight.watches = lambda: looker.watches
            historian.take(room.sight.watches())
            await historian.refresh()
            await self._console.clock.sleep(1.0)


def _have_a_turn(call: Callable[[], None]) -> None:
    """Let a call have a turn of its own in the loop of the window."""
    asyncio.get_running_loop().call_soon(call)


def plan_tools_of(console: Console) -> PlanTools:
    """Give the services behind the plan and its papers."""
    desk, clock = console.desk, console.clock
    return PlanTools(
        amender=Amender(desk=desk, plugins=console.plugins, clock=clock),
        reporter=Reporter(desk=desk, clock=clock, codec=console.codec),
        closer=Closer(desk=desk, clock=clock, deliver=console.dispatcher.deliver),
        paper=PrintProcess(console.layout.folder, console.kind),
    )


def failure_words(name: str, failure: Exception) -> str:
    """Give what to say of a task that failed: a defect, unless it names whose move it is."""
    if isinstance(failure, RelconsoleError) and not isinstance(failure, Bug):
        return f"Not done: {name}. {failure}"
    return (
        f"A defect of relconsole ended: {name}. What is recorded stands. "
        f"{type(failure).__name__}: {failure}"
    )
