"""The timeline and the health strip: what is painted, fed from what is seen."""

from __future__ import annotations

from collections.abc import Callable

from relconsole_ui.controllers.room import Room
from relconsole_ui.presenters.health_strip import present_health_strip
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.timeline import present_timeline
from relconsole_ui.views.bridge.health_strip import HealthStrip
from relconsole_ui.views.bridge.timeline_panel import TimelinePanel


class PicturesController:
    """Feeds the timeline and the strip; a bar that is chosen is the step on the card."""

    def __init__(
        self,
        room: Room,
        timeline: TimelinePanel,
        health: HealthStrip,
        choose: Callable[[str], None],
    ) -> None:
        """Take the room, the two views, and what puts a step on the card."""
        self._timeline = timeline
        self._health = health
        # The key stands in the action table, once for the whole window.
        timeline.allow_letter_key(allowed=False)
        timeline.selected.connect(choose)
        timeline.opened.connect(choose)
        room.follow(self._show)

    def turn(self) -> None:
        """Show the timeline as a table, or as a picture again."""
        self._timeline.turn()

    def _show(self, seen: Seen) -> None:
        self._timeline.show_rows(present_timeline(seen))
        self._health.show_rows(present_health_strip(seen))
