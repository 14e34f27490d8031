"""The middle of the bridge: the timeline, or what is unknown while nothing outside can be seen."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text
from relconsole_ui.presenters.network_cut import NetworkCutRows
from relconsole_ui.views.bridge.network_cut import NetworkCutView
from relconsole_ui.views.bridge.timeline_panel import TimelinePanel


class MiddleView(QStackedWidget):
    """Turns by itself when the line is lost and when it is back, else when a person wants."""

    def __init__(self, look: Look, timeline: TimelinePanel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.timeline = timeline
        self.cut = NetworkCutView(look)
        self._is_blind = False
        self.addWidget(timeline)
        self.addWidget(self.cut)
        self.setAccessibleName("Timeline")

    @property
    def shows_cut(self) -> bool:
        """Whether what is unknown is in front."""
        return self.currentWidget() is self.cut

    def show_rows(self, rows: NetworkCutRows | None) -> None:
        """Show what is unknown, or the timeline again where a source is live."""
        was_blind, self._is_blind = self._is_blind, rows is not None
        if rows is not None:
            self.cut.show_rows(rows)
        if was_blind != self._is_blind:
            self._bring(self.cut if self._is_blind else self.timeline)

    def turn(self) -> None:
        """Go on: from what is unknown to the picture, from there to the table, and round."""
        if self.shows_cut:
            self._bring(self.timeline)
            return
        self.timeline.turn()
        if self._is_blind and not self.timeline.shows_table:
            self._bring(self.cut)

    def _bring(self, front: QWidget) -> None:
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self.isAncestorOf(focus)
        self.setCurrentWidget(front)
        self.setAccessibleName(spoken_text(front.accessibleName()))
        if had_focus:
            (self.cut.unknown_rows if front is self.cut else self.timeline.timeline).setFocus()
