"""The pages of a store, whatever release is on the bridge: workbooks taken in, and settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

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
    """Import and settings, with the sheet on which a key is opened from anywhere."""

    def __init__(
        self,
        look: Look,
        window: ConsoleWindow,
        console: Console,
        tasks: WindowTasks,
        settings: SettingsFile,
        wish: PagesWish,
    ) -> None:
        self._window = window
        page = ImportPage(look)
        window.add_page("import", page)
        workbooks = KeptWorkbooks(console.layout.folder / "mappings")
        self._import = ImportController(console.desk, tasks, workbooks, page)
        self._import.on_taken = wish.taken
        self._desktop = DesktopWish(window)
        self._parts, self._room = open_settings(
            look,
            window.actions_,
            console,
            tasks,
            settings,
            self._desktop,
            Around(
                zone=wish.zone,
                person_changed=wish.changed,
                show_person=window.top_bar.show_person,
                zone_changed=lambda _zone: wish.changed(),
                show_page=lambda: window.open_page("settings"),
                connect_elsewhere=wish.connect_elsewhere,
            ),
        )
        window.add_page("settings", self._parts.page)
        for name in PAGES:
            window.rail.add(name)
        self._sheet = SheetOverlay(look, window.pages)
        self._sheet.add(self._parts.key_form)
        window.top_bar.key_wanted.connect(self._parts.key.ask)
        window.actions_.bind("import", self.ask_import)
        window.actions_.bind("view-import", lambda: window.open_page("import"))

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
        """Take the pages away, and forget what was typed."""
        self._window.top_bar.key_wanted.disconnect(self._parts.key.ask)
        self._window.top_bar.show_person(None)
        self._parts.close()
        self._parts.key_form.deleteLater()
        self._sheet.deleteLater()
        self._desktop.deleteLater()
        for name in PAGES:
            self._window.rail.remove(name)
            self._window.remove_page(name)
