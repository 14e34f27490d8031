"""The settings in the window: their page, their sections, and the actions that lead there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from relconsole.services.connections_edit import ConnectionsEditor
from relconsole.services.keeping_keys import KeyKeeper
from relconsole_ui.controllers.settings_connections import ConnectionsController
from relconsole_ui.controllers.settings_key import KeyController
from relconsole_ui.controllers.settings_keyboard import KeyboardController
from relconsole_ui.controllers.settings_look import LookController
from relconsole_ui.controllers.settings_people import PeopleController
from relconsole_ui.controllers.settings_room import SettingsRoom
from relconsole_ui.controllers.tastes import Tastes
from relconsole_ui.design.look import Look
from relconsole_ui.presenters.key_rows import KeyEntry
from relconsole_ui.presenters.taste import Desktop
from relconsole_ui.shell.actions import ActionTable, key_words
from relconsole_ui.shell.building import Building
from relconsole_ui.views.settings.connections import ConnectionsView
from relconsole_ui.views.settings.key_form import KeyForm
from relconsole_ui.views.settings.keyboard import KeyboardView
from relconsole_ui.views.settings.look import LookView
from relconsole_ui.views.settings.page import SettingsPage
from relconsole_ui.views.settings.people import PeopleView

PEOPLE, CONNECTIONS, LOOK, KEYBOARD = "people", "connections", "look", "keyboard"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsTools:
    """What the settings need of the application.

    ``last`` gives who opened a key here last, and ``remember`` keeps it. ``person_changed`` is told
    that another person's word counts, and ``show_person`` whose it is, empty for nobody's.
    ``show_page`` brings the settings to the front. ``connect_elsewhere`` takes the place of the
    form where nothing is connected here, as on the demo; None where this is the place.
    """

    keeper: KeyKeeper
    editor: ConnectionsEditor
    tastes: Tastes
    desktop: Callable[[], Desktop]
    zones: Callable[[], Awaitable[Collection[str]]]
    ask_all: Callable[[], Awaitable[object]]
    copy: Callable[[str], None]
    last: Callable[[], str]
    remember: Callable[[str], None]
    person_changed: Callable[[], None]
    show_person: Callable[[str], None]
    zone_changed: Callable[[str], None]
    show_page: Callable[[], None]
    connect_elsewhere: Callable[[], None] | None = None


class SettingsParts:
    """The page with its four sections, and the form of one's own key, which lies over any page.

    ``build`` makes what is on them.
    """

    def __init__(
        self, look: Look, room: SettingsRoom, table: ActionTable, tools: SettingsTools
    ) -> None:
        self._room = room
        self._table = table
        self._tools = tools
        self._look = look
        self.page = SettingsPage(look)
        self.key_form = KeyForm(look)
        self.key_form.hide()
        self._added = ExitStack()
        self._added.callback(self.key_form.deleteLater)
        self._added.callback(self.key_form.dismiss)
        self._added.callback(room.unfollow)

    def build(self) -> Building:
        """Build every section, then lead to them."""
        look, room, tools = self._look, self._room, self._tools
        people = PeopleView(look)
        self.page.add(PEOPLE, "People and keys", "users", people)
        yield
        self.key = KeyController(
            room,
            tools.keeper,
            self.key_form,
            people.own,
            last=tools.last,
            remember=tools.remember,
            changed=tools.person_changed,
            show_person=tools.show_person,
        )
        self.people = PeopleController(room, tools.keeper, people, copy=tools.copy)
        self._added.callback(self.people.leave)
        yield
        connections = ConnectionsView(look)
        self.page.add(CONNECTIONS, "Connections", "plugs-connected", connections)
        yield
        self.connections = ConnectionsController(
            room, tools.editor, connections, ask_all=tools.ask_all
        )
        self._added.callback(self.connections.leave)
        yield
        yield from self._build_look()
        self.page.opened.connect(self._open_section)
        self._bind()

    def _build_look(self) -> Building:
        """Build the sections of the look and of the keys."""
        tools = self._tools
        taste = LookView(self._look)
        self.page.add(LOOK, "Look", "circle-half", taste)
        yield
        self.look = LookController(
            self._room,
            self._look,
            taste,
            tools.tastes,
            desktop=tools.desktop,
            zones=tools.zones,
            zone_changed=tools.zone_changed,
        )
        keyboard = KeyboardView(self._look)
        self.page.add(KEYBOARD, "Keys", "keyboard", keyboard)
        self.keyboard = KeyboardController(
            keyboard,
            tools.tastes,
            entries=self._entries,
            set_letters=self._table.set_letters,
        )
        yield

    def open(self, section: str = "") -> None:
        """Bring the settings to the front, at a section if one is named."""
        self._tools.show_page()
        self.page.open(section or self.page.section)

    def close(self) -> None:
        """Let nobody be told any more, and take the form away; the page goes with its window."""
        self._added.close()

    def connect_system(self) -> None:
        """Ask for a new connection, here or where systems are connected."""
        if self._tools.connect_elsewhere is not None:
            self._tools.connect_elsewhere()
            return
        self.open(CONNECTIONS)
        self.connections.add()

    def _open_section(self, key: str) -> None:
        opens = {
            PEOPLE: self.people.open,
            CONNECTIONS: self.connections.open,
            LOOK: self.look.open,
            KEYBOARD: self.keyboard.open,
        }
        opens[key]()

    def _bind(self) -> None:
        table = self._table
        table.bind("view-settings", self.open)
        table.bind("sign-in", self.key.ask)
        table.bind("sign-out", self.key.close)
        table.bind("connect", self.connect_system)

    def _entries(self) -> Iterator[KeyEntry]:
        for deed, _action in self._table.bound():
            yield KeyEntry(
                id=deed.id,
                menu=deed.menu,
                text=deed.text,
                keys=key_words(deed),
                says=deed.says,
                is_letter=deed.is_letter,
            )
