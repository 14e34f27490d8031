"""The alert strip: always there, always as high, its parts always in the same places."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_bar
from relconsole_ui.design.status import Status
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import RADIUS_PANEL, TextRole
from relconsole_ui.presenters.alert_strip import StripRows
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.glyph import StatusGlyph
from relconsole_ui.views.parts.words import Words

HEIGHT: Final = 44
BUTTON: Final = 32
OUTLINE: Final = 1.5
QUIET = StripRows(tone="quiet", says="No active alerts", rest="", sources="", sources_status=None)
_GROUND: Final = {
    "quiet": ("bg1", "line"),
    "plain": ("bg1", "ctl"),
    "blind": ("bg1", "t1"),
    "warn": ("warn_bg", "warn"),
    "crit": ("crit_bg", "crit"),
}


class AlertStrip(QWidget):
    """One line: what stands highest, how the sources stand, and what may be done about it."""

    open_wanted = Signal()
    acknowledge_wanted = Signal()
    retry_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._rows = QUIET
        self.glyph = StatusGlyph(look, 20, Status.DONE)
        self.says = Words(look, TextRole.HEADING, elides=True)
        self.says.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.rest = Words(look, TextRole.BODY, "", "t2", elides=True)
        self.shelved = Words(look, TextRole.ROW_STRONG, "", "t2")
        self.sources_glyph = StatusGlyph(look, 18, Status.STALE)
        self.sources = Words(look, TextRole.ROW_STRONG, "", "t2")
        self.open = ActionButton(look, "Open", "O", height=BUTTON)
        self.acknowledge = ActionButton(look, "Acknowledge", "A", height=BUTTON)
        self.retry = ActionButton(look, "Retry now", "R", height=BUTTON)
        self._line = QHBoxLayout(self)
        self._line.addWidget(self.glyph)
        self._line.addWidget(self.says)
        self._line.addWidget(self.rest, 1)
        for part in (
            self.shelved,
            self.sources_glyph,
            self.sources,
            self.open,
            self.acknowledge,
            self.retry,
        ):
            self._line.addWidget(part)
        self.open.clicked.connect(self.open_wanted)
        self.acknowledge.clicked.connect(self.acknowledge_wanted)
        self.retry.clicked.connect(self.retry_wanted)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self._follow_look)
        self._follow_look()
        self.show_rows(QUIET)

    def show_rows(self, rows: StripRows) -> None:
        """Show the strip, and say aloud what is new and calls."""
        is_new = bool(rows.key) and rows.key != self._rows.key and bool(rows.acknowledges)
        went_blind = rows.tone == "blind" and self._rows.tone != "blind"
        self._rows = rows
        self.glyph.setVisible(rows.status is not None)
        if rows.status is not None:
            self.glyph.set_status(rows.status)
        is_quiet = rows.tone == "quiet"
        self.says.set_role(TextRole.BODY_STRONG if is_quiet else TextRole.HEADING)
        self.says.setText(rows.says)
        self.rest.setText(rows.rest)
        self.shelved.setText(rows.shelved)
        self.shelved.setVisible(bool(rows.shelved))
        self.sources_glyph.setVisible(rows.sources_status is not None)
        if rows.sources_status is not None:
            self.sources_glyph.set_status(rows.sources_status)
        self.sources.show_words(rows.sources, "t2" if is_quiet else "t1")
        self.open.setVisible(rows.may_open and not is_quiet)
        self.acknowledge.setVisible(bool(rows.acknowledges))
        self.retry.setVisible(rows.may_retry)
        self.setAccessibleName(spoken_text(rows.sentence))
        self.update()
        if is_new or went_blind:
            self._announce(rows)

    @property
    def rows(self) -> StripRows:
        """What is shown."""
        return self._rows

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, filled while it calls, an outline once it was acknowledged."""
        look, rows = self._look, self._rows
        fill, outline = _GROUND[rows.tone]
        if rows.is_outline:
            fill = "bg1"
        border = float(look.theme.border)
        width = border if rows.tone == "quiet" else max(border, OUTLINE)
        painter = QPainter(self)
        rect = QRectF(self.rect())
        paint_bar(painter, look, rect, fill, outline, radius=RADIUS_PANEL, width=width)
        if rows.tone == "quiet":
            return
        line = QRectF(self._line_x(), rect.top() + look.px(11), look.px(1), look.px(22))
        painter.fillRect(line, look.colour("ctl"))

    def _line_x(self) -> float:
        """Give where the line stands that parts the alert from the sources."""
        glyph = self.sources_glyph
        part = glyph if glyph.isVisible() else self.sources
        gap = self._look.px(12)
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            return part.geometry().right() + gap
        return part.geometry().left() - gap

    def _announce(self, rows: StripRows) -> None:
        event = QAccessibleAnnouncementEvent(self, spoken_text(rows.sentence))
        urgent = rows.tone in {"crit", "blind"}
        assertive = QAccessible.AnnouncementPoliteness.Assertive
        polite = QAccessible.AnnouncementPoliteness.Polite
        event.setPoliteness(assertive if urgent else polite)
        QAccessible.updateAccessibility(event)

    def _follow_look(self) -> None:
        px = self._look.px
        self.setFixedHeight(px(HEIGHT))
        self._line.setContentsMargins(px(14), 0, px(8), 0)
        self._line.setSpacing(px(10))
        self.update()
