"""The timeline, the health strip, and what is unknown: painted, fed from what is seen."""

from __future__ import annotations

from collections.abc import Callable

from relconsole_ui.controllers.room import Room
from relconsole_ui.presenters.health_strip import present_health_strip
from relconsole_ui.presenters.network_cut import present_network_cut
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.timeline import present_timeline
from relconsole_ui.views.bridge.health_strip import HealthStrip
from relconsole_ui.views.bridge.middle import MiddleView


class PicturesController:
    """Feeds the timeline and the strip; a bar that is chosen is the step on the card."""

    def __init__(
        self,
        room: Room,
        middle: MiddleView,
        health: HealthStrip,
        choose: Callable[[str], None],
    ) -> None:
        """Take the room, the two views, and what puts a step on the card."""
        self._middle = middle
        self._timeline = timeline = middle.timeline
        self._health = health
        # The key stands in the action table, once for the whole window.
        timeline.allow_letter_key(allowed=False)
        timeline.selected.connect(choose)
        timeline.opened.connect(choose)
        for show in (self._show_middle, self._show_timeline, self._show_health):
            room.follow(show)

    def turn(self) -> None:
        """Show the timeline as a table, or as a picture again, or what is unknown."""
        self._middle.turn()

    def _show_middle(self, seen: Seen) -> None:
        self._middle.show_rows(present_network_cut(seen))

    def _show_timeline(self, seen: Seen) -> None:
        self._timeline.show_rows(present_timeline(seen))

    def _show_health(self, seen: Seen) -> None:
        self._health.show_rows(present_health_strip(seen))
