"""The pages of a store, whatever release is on the bridge: workbooks taken in, and settings."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from PySide6.QtWidgets import QWidget

from relconsole.adapters.formats.spreadsheet.kept import KeptWorkbooks
from relconsole.adapters.settings import SettingsFile
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.ids import ReleaseId
from relconsole.domain.record.recorded import Recorded
from relconsole.runtime.console import Console
from relconsole.runtime.tasks import WindowTasks
from relconsole_ui.application.desktop import DesktopWish
from relconsole_ui.application.settings import Around, open_settings
from relconsole_ui.controllers.importing import ImportController
from relconsole_ui.design.look import Look
from relconsole_ui.shell.building import Building
from relconsole_ui.shell.window import ConsoleWindow
from relconsole_ui.views.importing.page import ImportPage
from relconsole_ui.views.rollback.overlay import SheetOverlay

PAGES: Final = ("import", "settings")


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesWish:
    """What the pages lead to outside themselves.

    ``taken`` gets a release that was taken in; ``changed`` is called when whose key is open, or the
    zone of times, is another one; ``connect_elsewhere`` leads to one's own store from the demo.
    """

    zone: Callable[[], str]
    taken: Callable[[ReleaseId], None]
    changed: Callable[[], None]
    connect_elsewhere: Callable[[], None] | None


class StorePages:
    """Import and settings, with the sheet on which a key is opened from anywhere.

    ``build`` puts them up; ``close`` takes away what stands by then.
    """

    def __init__(
        self,
        look: Look,
        window: ConsoleWindow,
        console: Console,
        tasks: WindowTasks,
        settings: SettingsFile,
        wish: PagesWish,
    ) -> None:
        self._look = look
        self._window = window
        self._console = console
        self._tasks = tasks
        self._settings = settings
        self._wish = wish
        self._added = ExitStack()

    def build(self) -> Building:
        """Put up the pages out of sight, then lead to them."""
        look, window, console = self._look, self._window, self._console
        page = ImportPage(look)
        self._add_page("import", page)
        yield
        workbooks = KeptWorkbooks(console.layout.folder / "mappings")
        self._import = ImportController(console.desk, self._tasks, workbooks, page)
        self._import.on_taken = self._wish.taken
        yield
        yield from self._build_settings()
        for name in PAGES:
            window.rail.add(name)
            self._added.callback(window.rail.remove, name)
        window.actions_.bind("import", self.ask_import)
        window.actions_.bind("view-import", lambda: window.open_page("import"))

    def _build_settings(self) -> Building:
        """Put up the settings, and the sheet of one's own key."""
        look, window, wish = self._look, self._window, self._wish
        desktop = DesktopWish(window)
        self._added.callback(desktop.deleteLater)
        self._parts, self._room = open_settings(
            look,
            window.actions_,
            self._console,
            self._tasks,
            self._settings,
            desktop,
            Around(
                zone=wish.zone,
                person_changed=wish.changed,
                show_person=window.top_bar.show_person,
                zone_changed=lambda _zone: wish.changed(),
                show_page=lambda: window.open_page("settings"),
                connect_elsewhere=wish.connect_elsewhere,
            ),
        )
        self._add_page("settings", self._parts.page)
        self._added.callback(self._parts.close)
        self._added.callback(window.top_bar.show_person, None)
        sheet = SheetOverlay(look, window.pages)
        self._added.callback(sheet.deleteLater)
        sheet.add(self._parts.key_form)
        # Its button is seen from the turn on in which there is a key to ask for.
        window.top_bar.key_wanted.connect(self._ask_key)
        self._added.callback(window.top_bar.key_wanted.disconnect, self._ask_key)
        yield
        yield from self._parts.build()

    def _add_page(self, name: str, page: QWidget) -> None:
        """Add a page, which goes with the others."""
        self._window.add_page(name, page)
        self._added.callback(self._window.remove_page, name)

    def _ask_key(self) -> None:
        """Ask for one's own key."""
        self._parts.key.ask()

    def ask_import(self) -> None:
        """Open the page of the import and ask for a file."""
        self._window.open_page("import")
        self._import.ask_file()

    def connect_system(self) -> None:
        """Open the settings where a system is connected."""
        self._window.open_page("settings")
        self._parts.connect_system()

    def take_fact(self, recorded: Recorded[ConsoleFact], state: ConsoleState) -> None:
        """Take a fact that was recorded."""
        self._room.take_fact(recorded, state)

    def show(self) -> None:
        """Show what time alone changes, while somebody looks at it."""
        if self._window.page == "settings":
            self._room.show()

    def close(self) -> None:
        """Take away what stands of the pages, and forget what was typed."""
        self._added.close()
