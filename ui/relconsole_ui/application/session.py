"""One console in the window: its tasks, the room of the release on the bridge, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from relconsole.adapters.settings import SettingsFile
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.errors import Bug, RelconsoleError
from relconsole.domain.kernel.ids import ReleaseId
from relconsole.domain.record.recorded import Recorded
from relconsole.ports.journal import JournalKind
from relconsole.runtime.console import Console
from relconsole.runtime.tasks import WindowTasks
from relconsole_ui.application.bringing import bring_in
from relconsole_ui.application.night import Night, Stage
from relconsole_ui.controllers.room import Room
from relconsole_ui.design.look import Look
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.shell.actions import ActionTable
from relconsole_ui.shell.building import build_in_turns
from relconsole_ui.shell.layouts import KeptLayouts
from relconsole_ui.shell.window import ConsoleWindow
from relconsole_ui.views.start.demo_strip import DemoStrip

if TYPE_CHECKING:
    from relconsole_ui.application.pages import StorePages

KEEP_SECONDS: Final = 2.0
CHECK_SECONDS: Final = 15.0
"""How often systems that nobody asked meanwhile are asked whether they are there."""

NOT_YET: Final = "not yet, the window is still being put up."

STAYS_OUT: Final = "is not on the bridge: a night is conducted there. Leave it first."


class Travel(Protocol):
    """Where the window can go from a console, and whether it is to go already."""

    @property
    def is_going(self) -> bool:
        """Whether this console is to be left."""
        ...

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
        self._tasks = WindowTasks(
            lambda name, failure: window.notice.say(failure_words(name, failure))
        )
        self._stage = Stage(look=look, window=window, console=console, tasks=self._tasks)
        self._window = window
        self._console = console
        self._announcer = announcer
        self._settings = settings
        self._travel = travel
        self._night: Night | None = None
        self._building = asyncio.Lock()
        self._wishes = 0
        self._kept_at = console.clock.now()
        self._bound_before = window.actions_.names
        self._tasks.poll("check systems", partial(keep_checking, console))
        window.frame(rail=True, bars=False)
        self._pages: StorePages | None = None
        bind_travel(window.actions_, console.kind, travel)
        self._answer_meanwhile()
        if console.kind is JournalKind.DEMO:
            self._show_demo()
            return
        for line in console.said:
            window.notice.say(line)

    def _answer_meanwhile(self) -> None:
        """Answer keys of what is still being put up: nothing half of it can be reached."""
        say = self._window.notice.say
        self._window.actions_.answer_for_coming(lambda deed: say(f"{deed.text}: {NOT_YET}"))

    def _answer_no_more(self) -> None:
        """Leave the keys alone that are nobody's, once both the bridge and the pages stand."""
        if self._announcer.pages is not None and not self._building.locked():
            self._window.actions_.answer_no_more()

    def _show_changed(self) -> None:
        """Show everything again where whose key is open, or the zone of times, is another."""
        if self._night is not None:
            room = self._night.room
            room.zone = self._settings.known.zone or room.seen().release.zone
            room.show()

    async def _keep_looking(self) -> None:
        """Show what time alone changes on the pages."""
        while True:
            await self._console.clock.sleep(1.0)
            if self._pages is not None:
                self._pages.show()

    def connect_system(self) -> None:
        """Open the settings where a system is connected."""
        if self._pages is not None:
            self._pages.connect_system()

    def _show_demo(self) -> None:
        """Say that this is the demo, with hints until somebody has seen them."""
        strip = DemoStrip(self._stage.look)
        strip.show_hints(are_shown=not self._settings.known.seen_tour)
        strip.hints_left.connect(self._leave_hints)
        strip.connect_wanted.connect(self._travel.go_to_connect)
        self._window.set_banner(strip)
        self._window.actions_.bind("tour", lambda: strip.show_hints(are_shown=True))

    def _leave_hints(self) -> None:
        known = self._settings.known
        self._settings.write(msgspec.structs.replace(known, seen_tour=True))

    async def open_pages(self) -> bool:
        """Put up the pages of the store; False where this console is to be left before that.

        A night goes on without them: they are brought in once its bridge stands.
        """
        await bring_in("relconsole_ui.application.pages")
        from relconsole_ui.application.pages import PagesWish, StorePages

        is_demo = self._console.kind is JournalKind.DEMO
        wish = PagesWish(
            zone=lambda: "UTC" if self._night is None else self._night.room.zone,
            taken=self._open_taken,
            changed=self._show_changed,
            connect_elsewhere=self._travel.go_to_connect if is_demo else None,
        )
        stage = self._stage
        self._pages = StorePages(
            stage.look, self._window, self._console, self._tasks, self._settings, wish
        )
        if not await build_in_turns(self._pages.build(), lambda: not self._travel.is_going):
            return False
        self._announcer.pages = self._pages
        self._tasks.poll("look at the clock", self._keep_looking)
        self._answer_no_more()
        return True

    async def open_where_it_was(self, *, imports: bool = False, at_bridge: bool = False) -> bool:
        """Open the release that was on the bridge last, or the one whose window comes next.

        ``at_bridge`` for whoever comes for the night, wherever in the window they came from. False
        where this console is to be left before everything stands.
        """
        releases = self._console.desk.state.workspace.releases
        known = ReleaseId(self._settings.known.release)
        page = "" if at_bridge else self._settings.known.page
        if imports or not releases:
            page = "import"
        now = self._console.clock.now()
        coming = sorted(
            releases.values(), key=lambda each: (each.window.end < now, each.window.start)
        )
        if coming and not await self.open_release(known if known in releases else coming[0].id):
            return False
        if at_bridge and self._night is not None:
            self._night.bridge.stand_at_card()
        came_to = self._window.page
        if not await self.open_pages():
            return False
        # Whoever went elsewhere meanwhile stays there.
        if self._window.page == came_to and self._window.has_page(page) and page != "start":
            self._window.open_page(page)
        return True

    async def open_release(self, release: ReleaseId) -> bool:
        """Put a release on the bridge, in place of an earlier one.

        False where another is wanted meanwhile, or this console is to be left; what stands of it by
        then is taken away.
        """
        self._wishes += 1
        wish = self._wishes
        async with self._building:

            def is_wanted() -> bool:
                return self._wishes == wish and not self._travel.is_going

            is_whole = is_wanted() and not self._is_busy and await self._put_up(release, is_wanted)
        self._answer_no_more()
        return is_whole

    async def _put_up(self, release: ReleaseId, is_wanted: Callable[[], bool]) -> bool:
        """Put a release on the bridge, for as long as it is wanted."""
        self._take_down()
        self._answer_meanwhile()
        night = Night(self._stage, release, self._settings.known.zone)
        self._announcer.room = night.room
        is_whole = False
        try:
            is_whole = await night.build(is_wanted)
        finally:
            if not is_whole:
                self._announcer.room = None
                night.close()
        if not is_whole:
            return False
        known = self._settings.known
        self._night = night
        night.bridge.on_release = self._jump_to
        night.bridge.keep_layouts(kept_layouts(self._settings))
        night.bridge.stand_where(page=known.page, step=known.step, docks=known.layout)
        self._settings.write(msgspec.structs.replace(known, release=release))
        night.room.follow(self._keep_now_and_then)
        self._tasks.poll("keep history", night.keep_history)
        return True

    def _take_down(self) -> None:
        """Take away the night that is on the bridge."""
        if self._night is not None:
            self._window.open_page("start")
            self._night.close()
        self._night = None

    def _open_taken(self, release: ReleaseId) -> None:
        """Put a release that was taken in on the bridge, unless a night is conducted there."""
        self._change_release(release, "import")

    def _jump_to(self, release: ReleaseId) -> None:
        """Go to a release that somebody named in the palette."""
        if self._night is not None and self._night.room.release == release:
            self._window.open_page("bridge")
        else:
            self._change_release(release, "bridge")

    def _change_release(self, release: ReleaseId, page: str) -> None:
        """Put another release on the bridge and open a page; not while a night is conducted."""
        if self._is_busy:
            title = self._console.desk.state.workspace.releases[release].title
            self._window.notice.say(f"{title} {STAYS_OUT}")
            return

        async def change() -> None:
            if await self.open_release(release):
                self._window.open_page(page)

        self._tasks.command("open the release", change)

    def _keep_now_and_then(self, seen: Seen) -> None:
        """Keep where the person is every other second, for the next start and after a crash."""
        if (seen.now - self._kept_at).total_seconds() >= KEEP_SECONDS:
            self._kept_at = seen.now
            self._keep_place()

    def _keep_place(self) -> None:
        """Keep the page, the step on the card, and which docks are in sight."""
        if self._night is None or self._console.kind is JournalKind.DEMO:
            return
        place = self._night.bridge.place()
        known = self._settings.known
        self._settings.write(
            msgspec.structs.replace(known, page=place.page, step=place.step, layout=place.docks)
        )

    @property
    def _is_busy(self) -> bool:
        """Tell whether the night on the bridge is conducted here, or is just being opened."""
        return self._night is not None and self._night.conducting.is_busy

    def begin(self) -> None:
        """Open the night on the bridge, or take it up."""
        if self._night is not None:
            self._night.bridge.begin()

    async def close(self) -> None:
        """Leave the night in order, drain what is on its way, and take the views away."""
        if self._night is not None:
            self._night.bridge.leave()
        await self._tasks.close()
        self._announcer.room = None
        self._window.set_banner(None)
        self._keep_place()
        if self._night is not None:
            self._night.close()
        self._announcer.pages = None
        if self._pages is not None:
            self._pages.close()
        self._window.actions_.answer_no_more()
        self._window.actions_.keep_only(self._bound_before)
        self._window.frame(rail=False, bars=False)


def kept_layouts(settings: SettingsFile) -> KeptLayouts:
    """Give where the layouts that a person named are kept."""

    def write(layouts: Mapping[str, str]) -> None:
        settings.write(msgspec.structs.replace(settings.known, layouts=dict(layouts)))

    return KeptLayouts(read=lambda: settings.known.layouts, write=write)


def bind_travel(table: ActionTable, kind: JournalKind, travel: Travel) -> None:
    """Bind what leads from one journal to another."""
    table.bind("rehearse", lambda: travel.go_to_store(rehearsal=True))
    table.bind("go-live", lambda: travel.go_to_store(rehearsal=False))
    table.bind("demo", travel.go_to_demo)
    for deed, at in (
        ("rehearse", JournalKind.REHEARSAL),
        ("go-live", JournalKind.LIVE),
        ("demo", JournalKind.DEMO),
    ):
        table.set_possible(deed, kind is not at, "this is where you are")


async def keep_checking(console: Console) -> None:
    """Ask the systems whether they are there, again and again."""
    while True:
        await console.plugins.check_systems()
        await console.clock.sleep(CHECK_SECONDS)


def failure_words(name: str, failure: Exception) -> str:
    """Give what to say of a task that failed: a defect, unless it names whose move it is."""
    if isinstance(failure, RelconsoleError) and not isinstance(failure, Bug):
        return f"Not done: {name}. {failure}"
    return (
        f"A defect of relconsole ended: {name}. What is recorded stands. "
        f"{type(failure).__name__}: {failure}"
    )
