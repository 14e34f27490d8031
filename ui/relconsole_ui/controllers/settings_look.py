"""How the window looks: what is chosen counts at once, but no theme changes under a live night."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from relconsole_ui.controllers.room import Answer
from relconsole_ui.controllers.settings_room import SettingsRoom
from relconsole_ui.controllers.tastes import Tastes
from relconsole_ui.design.look import Look
from relconsole_ui.presenters.settings_seen import SettingsSeen
from relconsole_ui.presenters.taste import (
    OF_THE_RELEASE,
    Desktop,
    ThemeWish,
    present_look,
    present_zones,
    theme_of,
)
from relconsole_ui.views.settings.look import LookView


class LookController:
    """Feeds the section of the look, and dresses the window.

    ``desktop`` gives what the desktop wishes, ``zones`` the names of all zones, and
    ``zone_changed`` is told in which zone times are shown from now on, empty for the release's.
    """

    def __init__(
        self,
        room: SettingsRoom,
        look: Look,
        view: LookView,
        tastes: Tastes,
        *,
        desktop: Callable[[], Desktop],
        zones: Callable[[], Awaitable[Collection[str]]],
        zone_changed: Callable[[str], None],
    ) -> None:
        """Take the room, the look that is changed, the view, and what is remembered."""
        self._room = room
        self._look = look
        self._view = view
        self._tastes = tastes
        self._desktop = desktop
        self._zones = zones
        self._zone_changed = zone_changed
        self._known_zones: tuple[str, ...] = ()
        self._search = ""
        view.theme_chosen.connect(self._choose_theme)
        view.theme_forced.connect(self._dress)
        view.scale_chosen.connect(self._choose_scale)
        view.motion_chosen.connect(self._choose_motion)
        view.zone_chosen.connect(self._choose_zone)
        view.zone_searched.connect(self._search_zones)
        room.follow(self._show)

    def open(self) -> None:
        """Read the names of the zones, the first time."""
        if self._known_zones:
            return

        def read(answer: Answer) -> None:
            if isinstance(answer, tuple):
                self._known_zones = answer
                self._show_zones()

        async def names() -> object:
            return tuple(await self._zones())

        self._room.command("read the zones", names, read)

    def _choose_scale(self, key: str) -> None:
        self._look.set_scale(float(key))
        self._tastes.change(scale=self._look.scale)
        self._room.show()

    def follow_desktop(self) -> None:
        """Take over another wish of the desktop, unless a night is open."""
        self._room.show()

    def _choose_theme(self, key: str) -> None:
        self._tastes.change(theme=ThemeWish(key))
        self._room.show()

    def _dress(self) -> None:
        self._look.set_theme(theme_of(self._tastes.known.theme, self._desktop()))
        self._room.show()

    def _choose_motion(self, is_reduced: bool) -> None:
        self._tastes.change(reduced_motion=is_reduced)
        self._room.show()

    def _choose_zone(self, key: str) -> None:
        zone = "" if key == OF_THE_RELEASE else key
        self._tastes.change(zone=zone)
        self._zone_changed(zone)
        self._room.show()
        self._show_zones()

    def _search_zones(self, text: str) -> None:
        self._search = text
        self._show_zones()

    def _show_zones(self) -> None:
        now = self._room.clock.now()
        rows = present_zones(self._known_zones, self._search, now)
        self._view.show_zones(rows, self._tastes.known.zone or OF_THE_RELEASE)

    def _show(self, seen: SettingsSeen) -> None:
        desktop, taste = self._desktop(), self._tastes.known
        self._look.set_reduced_motion(taste.reduced_motion or desktop.reduced_motion)
        if not seen.is_live_night:
            self._look.set_theme(theme_of(taste.theme, desktop))
        shown = self._look.theme.name
        self._view.show_rows(
            present_look(taste, desktop, shown, seen.now, is_live_night=seen.is_live_night)
        )
