"""From one place to the next: the start, the demo, a store; until the window is closed."""

from __future__ import annotations

import argparse
import asyncio
import gc
from dataclasses import dataclass
from typing import Final

from relconsole.adapters.journal_sql.opening import identity_of
from relconsole.adapters.keyring_os.credentials import choose_credentials
from relconsole.adapters.store.layout import StoreLayout
from relconsole.domain.kernel.errors import RelconsoleError
from relconsole.domain.kernel.ids import PersonId
from relconsole.ports.credentials import Credentials
from relconsole.ports.journal import JournalKind
from relconsole.runtime.composition import open_console
from relconsole.runtime.console import KEYRING_SERVICE, Wish
from relconsole_ui.application.bringing import bring_in
from relconsole_ui.application.session import Announcer, Session
from relconsole_ui.application.taste import Taste
from relconsole_ui.design.look import Look
from relconsole_ui.shell.help_sheet import Help
from relconsole_ui.shell.window import ConsoleWindow
from relconsole_ui.views.start.start import StartPage

KEYRING_SECONDS: Final = 180.0
"""How long a keyring may take: a desktop asks a new person to choose a password for it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the window is, or is to go next: the start, the demo, or a store's journal.

    ``at_bridge`` for whoever comes for the night, wherever in the window they come from.
    """

    kind: JournalKind | None
    says: str = ""
    imports: bool = False
    connects: bool = False
    at_bridge: bool = False


class Life:
    """The window from its opening to its end."""

    def __init__(
        self,
        asked: argparse.Namespace,
        look: Look,
        window: ConsoleWindow,
        start: StartPage,
        taste: Taste,
        credentials: Credentials | None,
    ) -> None:
        self._asked = asked
        self._look = look
        self._window = window
        self._start = start
        self._credentials = credentials
        self._settings = taste.file
        self._moved = asyncio.Event()
        self._next: Place | None = None
        self._barred: Place | None = None
        self._is_closing = False
        window.closing.connect(lambda: self.go(None))
        window.actions_.bind("quit", window.closing.emit)
        self._help = Help(look, window, str(asked.store))
        start.again_wanted.connect(self._try_again)
        start.demo_wanted.connect(lambda: self.go(Place(JournalKind.DEMO)))
        start.import_wanted.connect(lambda: self.go(Place(JournalKind.LIVE, imports=True)))

    def go(self, place: Place | None) -> None:
        """Go to another place once this one is left in order; None closes the window for good."""
        if self._is_closing:
            return
        if place is None:
            self._is_closing = True
            self._start.show_loading("Closing", "What is on its way is ended in order first.")
        self._next = place
        self._moved.set()

    @property
    def is_going(self) -> bool:
        """Whether the place where the window is, is to be left."""
        return self._moved.is_set()

    async def live(self) -> int:
        """Live until the window is closed."""
        place: Place | None = self._first()
        while place is not None:
            self._moved.clear()
            self._next = None
            try:
                await self._stay(place)
            except (RelconsoleError, OSError) as barred:
                self._barred = place
                place = self._next if self._moved.is_set() else Place(None, says=str(barred))
                continue
            place = self._next
        self._window.let_close()
        return 0

    def _first(self) -> Place:
        if self._asked.verb == "demo":
            return Place(JournalKind.DEMO)
        kind = JournalKind.REHEARSAL if self._asked.rehearsal else JournalKind.LIVE
        try:
            found = identity_of(StoreLayout(self._asked.store).journal(JournalKind.LIVE))
        except (RelconsoleError, OSError):
            # Opening it says what is wrong with it, and what to do.
            return Place(kind)
        return Place(None) if found is None else Place(kind)

    async def _stay(self, place: Place) -> None:
        """Be in a place until somebody wants to go."""
        match place.kind:
            case None:
                await self._stay_at_start(place.says)
            case JournalKind.DEMO:
                await self._stay_in_demo()
            case JournalKind.LIVE | JournalKind.REHEARSAL as kind:
                await self._stay_in_store(kind, place)

    async def _stay_at_start(self, says: str) -> None:
        """Offer where to begin, with the keys that stand on the buttons."""
        table = self._window.actions_
        before = table.names
        if not says:
            table.bind("import", self._start.import_wanted.emit)
        table.bind("demo", self._start.demo_wanted.emit)
        self._window.open_page("start")
        self._start.show_choice(says)
        try:
            await self._moved.wait()
        finally:
            table.keep_only(before)

    def _try_again(self) -> None:
        """Go where something stood in the way."""
        if self._barred is not None:
            self.go(self._barred)

    async def _stay_in_demo(self) -> None:
        """Start the estate, open its night, and stay."""
        self._start.show_loading("Starting the demo", "Real services on this machine.")
        await bring_in("relconsole_ui.application.demo")
        from relconsole_ui.application.demo import RELEASE, open_demo

        announcer = Announcer()
        async with open_demo(self._asked.folder, self._asked.seed, announcer) as console:
            _leave_alone_what_stands()
            session = Session(self._look, self._window, console, announcer, self._settings, self)
            try:
                if await session.open_release(RELEASE):
                    session.begin()
                    await session.open_pages()
                _leave_alone_what_stands()
                await self._moved.wait()
            finally:
                await session.close()
                self._let_go()

    async def _stay_in_store(self, kind: JournalKind, place: Place) -> None:
        """Open the store of this person, and stay."""
        self._start.show_loading(
            "Opening the record",
            f"{self._asked.store}\nThis desktop may ask for the password of its keyring, in a"
            " window of its own.",
        )
        announcer = Announcer()
        if self._credentials is None:
            # One keyring for the whole life: where nothing keeps keys, memory does until the end.
            self._credentials = await choose_credentials(KEYRING_SERVICE, deadline=KEYRING_SECONDS)
        wish = Wish(
            store=self._asked.store,
            kind=kind,
            verb="window",
            person=PersonId(self._asked.person) if self._asked.person else None,
            passphrase=self._asked.passphrase,
            credentials=self._credentials,
            announce=announcer,
        )
        async with open_console(wish) as console:
            _leave_alone_what_stands()
            session = Session(self._look, self._window, console, announcer, self._settings, self)
            try:
                is_open = await session.open_where_it_was(
                    imports=place.imports, at_bridge=place.at_bridge
                )
                if is_open and place.connects:
                    session.connect_system()
                _leave_alone_what_stands()
                await self._moved.wait()
            finally:
                await session.close()
                self._let_go()

    def _let_go(self) -> None:
        """Collect what stood here, unless the window closes: what stood is not looked at else."""
        if not self._is_closing:
            gc.unfreeze()
            gc.collect()

    def go_to_demo(self) -> None:
        """Go to the demo."""
        self.go(Place(JournalKind.DEMO))

    def go_to_connect(self) -> None:
        """Go to one's own store, where a system is connected."""
        self.go(Place(JournalKind.LIVE, connects=True))

    def go_to_store(self, *, rehearsal: bool, imports: bool = False) -> None:
        """Go to a journal of the store."""
        kind = JournalKind.REHEARSAL if rehearsal else JournalKind.LIVE
        self.go(Place(kind, imports=imports, at_bridge=not imports))


def _leave_alone_what_stands() -> None:
    """Let the collector of garbage leave alone what stands until the person goes elsewhere.

    Else it walks through all of it now and then, which takes longer than a key may wait.
    """
    gc.freeze()


async def live(
    asked: argparse.Namespace,
    look: Look,
    window: ConsoleWindow,
    start: StartPage,
    taste: Taste,
    credentials: Credentials | None = None,
) -> int:
    """Live until the window is closed, and give the exit status."""
    return await Life(asked, look, window, start, taste, credentials).live()
