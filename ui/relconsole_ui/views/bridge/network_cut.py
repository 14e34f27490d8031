"""What stands in the place of the timeline while nothing outside can be seen."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE_RIGHT, paint_text, text_width
from relconsole_ui.design.shapes import paint_status
from relconsole_ui.design.status import Status
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import GUTTER, TextRole
from relconsole_ui.presenters.network_cut import (
    NetworkCutRows,
    OutboxRow,
    UnknownRow,
    WorksRow,
)
from relconsole_ui.views.bridge.cells import Cells
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.rows import RowList
from relconsole_ui.views.parts.words import Words

ROW: Final = 28
SMALL_ROW: Final = 26
BELOW: Final = 216
GLYPH: Final = 18
WHAT, LAST, AT = 0.23, 0.24, 64
WORKS_SHARE, OUTBOX_SHARE = 29, 24


class _Heads(QWidget):
    """The names of the columns, where the columns of the rows begin."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._follow_look()
        look.changed.connect(self._follow_look)

    def paintEvent(self, event: object) -> None:
        """Paint the names."""
        painter = QPainter(self)
        cells = Cells(self._look, painter, QRectF(self.rect()), before=2, after=8)
        for text, place in zip(
            ("What", "Last known", "At", "What follows"),
            _columns(cells, self.width()),
            strict=True,
        ):
            paint_text(painter, self._look, place, text, TextRole.ROW_STRONG, "t2")

    def _follow_look(self) -> None:
        self.setFixedHeight(self._look.px(22))
        self.update()


def _columns(cells: Cells, width: float) -> tuple[QRectF, QRectF, QRectF, QRectF]:
    """Give the places of the four columns of a row."""
    what = cells.take_exactly(width * WHAT, gap=10)
    last = cells.take_exactly(width * LAST, gap=10)
    return what, last, cells.take(AT, gap=10), cells.rest


class NetworkCutView(QWidget):
    """What is unknown over what still works and what waits; nothing on it is a value of now."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.unknown = Panel(look, "Unknown")
        self.works = Panel(look, "Still works here")
        self.outbox = Panel(look, "Outbox")
        self.unknown_rows: RowList[UnknownRow] = RowList(look, self._paint_unknown, ROW)
        self.works_rows: RowList[WorksRow] = RowList(look, self._paint_works, SMALL_ROW)
        self.outbox_rows: RowList[OutboxRow] = RowList(look, self._paint_outbox, SMALL_ROW)
        self.outbox_says = Words(look, TextRole.ROW, "", "t2", wraps=True)
        for panel, rows in (
            (self.unknown, self.unknown_rows),
            (self.works, self.works_rows),
            (self.outbox, self.outbox_rows),
        ):
            rows.setAccessibleName(spoken_text(panel.heading.text()))
        self.unknown.set_note("last values stay grey, never shown as live")
        self.works.set_note("no network needed")
        self.unknown.body.addWidget(_Heads(look))
        self.unknown.body.addWidget(self.unknown_rows, 1)
        self.works.body.addWidget(self.works_rows, 1)
        self.outbox.body.addWidget(self.outbox_rows, 1)
        self.outbox.body.addWidget(self.outbox_says)
        self.outbox_says.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        below = QHBoxLayout()
        below.addWidget(self.works, WORKS_SHARE)
        below.addWidget(self.outbox, OUTBOX_SHARE)
        self._below = below
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.unknown, 1)
        self._column.addLayout(below, 1)
        self._follow_look()
        look.changed.connect(self._follow_look)

    def show_rows(self, rows: NetworkCutRows) -> None:
        """Show what is unknown and what works."""
        self.unknown.set_title(f"Unknown since {rows.since}")
        self.unknown_rows.show_rows(rows.unknown)
        self.works_rows.show_rows(rows.works)
        self.outbox_rows.show_rows(rows.outbox)
        self.outbox_rows.setVisible(bool(rows.outbox))
        self.outbox.set_note(rows.waiting)
        self.outbox_says.setText(rows.outbox_says)
        self.setAccessibleName(spoken_text(f"Unknown since {rows.since}"))
        self.setAccessibleDescription(spoken_text(rows.sentence))

    def _paint_unknown(self, painter: QPainter, rect: QRectF, row: UnknownRow) -> None:
        look = self._look
        cells = Cells(look, painter, rect, before=2, after=8)
        what, last, at, follows = _columns(cells, rect.width())
        inner = Cells(look, painter, what)
        glyph = inner.take(GLYPH, gap=8)
        glyph = QRectF(glyph.left(), rect.center().y() - glyph.width() / 2, *(glyph.width(),) * 2)
        paint_status(painter, look, glyph, Status.UNKNOWN)
        paint_text(painter, look, inner.rest, row.what, TextRole.BODY_STRONG)
        paint_text(painter, look, last, row.last, TextRole.BODY, "t3")
        paint_text(painter, look, at, row.at, TextRole.ROW, "t3")
        paint_text(painter, look, follows, row.follows, TextRole.BODY)
        self._rule(painter, rect)

    def _paint_works(self, painter: QPainter, rect: QRectF, row: WorksRow) -> None:
        look = self._look
        cells = Cells(look, painter, rect, before=2, after=8)
        glyph = cells.take(GLYPH, gap=8)
        glyph = QRectF(glyph.left(), rect.center().y() - glyph.width() / 2, *(glyph.width(),) * 2)
        paint_status(painter, look, glyph, Status.DONE)
        name = text_width(look, row.what, TextRole.BODY_STRONG) + 1
        paint_text(painter, look, cells.take_exactly(name, gap=10), row.what, TextRole.BODY_STRONG)
        paint_text(painter, look, cells.rest, row.how, TextRole.ROW, "t2", MIDDLE_RIGHT)
        self._rule(painter, rect)

    def _paint_outbox(self, painter: QPainter, rect: QRectF, row: OutboxRow) -> None:
        look = self._look
        cells = Cells(look, painter, rect, before=2, after=8)
        paint_text(painter, look, cells.take(28), str(row.count), TextRole.HEADING)
        paint_text(painter, look, cells.rest, row.what, TextRole.BODY)
        self._rule(painter, rect)

    def _rule(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the line under a row."""
        line = QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1)
        painter.fillRect(line, self._look.colour("line"))

    def _follow_look(self) -> None:
        gutter = self._look.px(GUTTER)
        self._column.setSpacing(gutter)
        self._below.setSpacing(gutter)
        for panel in (self.works, self.outbox):
            panel.setMaximumHeight(self._look.px(BELOW))
