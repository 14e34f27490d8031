"""The settings over an open console: what keeps keys and connections, and what is remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from PySide6.QtGui import QGuiApplication

from relconsole.adapters.formats.workspace.settings_text import YamlSettings
from relconsole.adapters.person_keyring import PersonKeyring
from relconsole.adapters.plugin_host.trial import Trial
from relconsole.adapters.settings import SettingsFile
from relconsole.adapters.signing import RequestFolder
from relconsole.ports.journal import JournalKind
from relconsole.runtime.composition import credential_name
from relconsole.runtime.console import Console
from relconsole.services.connections_edit import ConnectionsEditor
from relconsole.services.keeping_keys import KeyKeeper
from relconsole_ui.application.desktop import DesktopWish
from relconsole_ui.application.tastes import read_zones, tastes_of
from relconsole_ui.controllers.room import Tasks
from relconsole_ui.controllers.settings_room import SettingsRoom
from relconsole_ui.design.look import Look
from relconsole_ui.shell.actions import ActionTable
from relconsole_ui.shell.settings import SettingsParts, SettingsTools


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the settings touch outside themselves.

    ``zone`` gives the zone of times where a person chose none; ``connect_elsewhere`` leads to where
    systems are connected, None where that is here.
    """

    zone: Callable[[], str]
    person_changed: Callable[[], None]
    show_person: Callable[[str], None]
    zone_changed: Callable[[str], None]
    show_page: Callable[[], None]
    connect_elsewhere: Callable[[], None] | None = None


def open_settings(
    look: Look,
    table: ActionTable,
    console: Console,
    tasks: Tasks,
    settings: SettingsFile,
    desktop: DesktopWish,
    around: Around,
) -> tuple[SettingsParts, SettingsRoom]:
    """Give the settings of a console, not yet built; whoever asks tells the room of facts."""
    room = SettingsRoom(
        desk=console.desk,
        tasks=tasks,
        clock=console.clock,
        standing=console.plugins.standing,
        kind=console.kind,
        zone=lambda: settings.known.zone or around.zone(),
    )

    def remember(person: str) -> None:
        settings.write(msgspec.structs.replace(settings.known, person=person))

    tools = SettingsTools(
        keeper=KeyKeeper(
            desk=console.desk,
            keys=PersonKeyring(console.credentials, console.ids.secret_bytes),
            requests=RequestFolder(console.layout.requests, console.layout.folder),
            clock=console.clock,
        ),
        editor=ConnectionsEditor(
            desk=console.desk,
            trials=Trial(console.clock),
            text=YamlSettings(),
            credentials=console.credentials,
            secret_name=credential_name,
        ),
        tastes=tastes_of(settings),
        desktop=desktop.wish,
        zones=read_zones,
        ask_all=console.plugins.check_systems,
        copy=_copy,
        last=lambda: settings.known.person,
        remember=remember,
        person_changed=around.person_changed,
        show_person=around.show_person,
        zone_changed=around.zone_changed,
        show_page=around.show_page,
        connect_elsewhere=around.connect_elsewhere if console.kind is JournalKind.DEMO else None,
    )
    parts = SettingsParts(look, room, table, tools)
    desktop.changed.connect(room.show)
    return parts, room


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
