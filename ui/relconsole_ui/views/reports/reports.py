"""The reports: the nights of the journal at the left, the page, what is to be done at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QHideEvent, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE_LEFT, paint_text
from relconsole_ui.design.shapes import paint_status
from relconsole_ui.design.text import safe_text
from relconsole_ui.design.tokens import GUTTER, TextRole
from relconsole_ui.presenters.report import ReportRows
from relconsole_ui.presenters.report_side import NightRow
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.rows import RowList
from relconsole_ui.views.parts.words import Words
from relconsole_ui.views.reports.page import ReportPage
from relconsole_ui.views.reports.side import SidePanel

ROW = 48
GLYPH = 18
NIGHTS = 224
SIDE = 300
LONGEST_TEXT = 400_000


class ReportsView(QWidget):
    """The whole view; ``chosen`` gives the run of a night."""

    chosen = Signal(str)
    looked_at = Signal(bool)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setObjectName("reports")
        self.nights_panel = Panel(look, "Nights")
        self.nights: RowList[NightRow] = RowList(look, self._paint_night, ROW)
        self.nights.setAccessibleName("Nights")
        self.empty = Words(look, TextRole.BODY, "No night was opened yet.", "t2", wraps=True)
        self.nights_panel.body.addWidget(self.nights, 1)
        self.nights_panel.body.addWidget(self.empty)
        self.page = ReportPage(look)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Night report as text")
        self.side = SidePanel(look)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self.page)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._area)
        self._pages.addWidget(self.text)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.nights_panel)
        self._row.addWidget(self._pages, 1)
        self._side_column = QVBoxLayout()
        self._side_column.addWidget(self.side)
        self._row.addLayout(self._side_column)
        self.nights.chosen.connect(self.chosen)
        self._follow_look()
        look.changed.connect(self._follow_look)

    @property
    def is_text(self) -> bool:
        """Whether the report is shown as text."""
        return self._pages.currentWidget() is self.text

    def show_nights(self, rows: Sequence[NightRow], run: str) -> None:
        """Show the nights, with one of them selected."""
        self.nights.show_rows(rows)
        self.nights.select(run)
        self.nights.setVisible(bool(rows))
        self.empty.setVisible(not rows)

    def show_report(self, rows: ReportRows | None, text: str) -> None:
        """Show a report on its page and in words."""
        self.page.show_rows(rows)
        shown = safe_text(text, LONGEST_TEXT, keeps_lines=True)
        if shown != self.text.toPlainText():
            self.text.setPlainText(shown)
        for part in (self.side, self.page):
            part.setVisible(rows is not None)

    def turn(self) -> None:
        """Show the report as text, or as the page."""
        to_text = not self.is_text
        self._pages.setCurrentWidget(self.text if to_text else self._area)
        self.side.turn.set_label("Show as a page" if to_text else "Show as text")
        (self.text if to_text else self.page).setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Say that the reports are seen."""
        super().showEvent(event)
        self.looked_at.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Say that nobody sees the reports."""
        super().hideEvent(event)
        self.looked_at.emit(False)

    def _paint_night(self, painter: QPainter, rect: QRectF, row: NightRow) -> None:
        look, px = self._look, self._look.px
        glyph = QRectF(rect.left() + px(10), 0, px(GLYPH), px(GLYPH))
        glyph.moveTop(rect.center().y() - glyph.height() / 2)
        paint_status(painter, look, glyph, row.status)
        left, half = glyph.right() + px(10), rect.height() / 2
        upper = QRectF(left, rect.top() + px(4), rect.right() - px(8) - left, half - px(4))
        lower = upper.translated(0, half - px(4))
        paint_text(painter, look, upper, row.title, TextRole.BODY_STRONG, "t1", MIDDLE_LEFT)
        words = f"{row.when}, {row.says}"
        paint_text(painter, look, lower, words, TextRole.NOTE, "t2", MIDDLE_LEFT)

    def _follow_look(self) -> None:
        px = self._look.px
        gutter = px(GUTTER)
        self._row.setContentsMargins(gutter, gutter, gutter, gutter)
        self._row.setSpacing(gutter)
        self.nights_panel.setFixedWidth(px(NIGHTS))
        self.side.setFixedWidth(px(SIDE))
        self.text.setFont(self._look.font(TextRole.MONO))
