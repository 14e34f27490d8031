"""The prepared rollbacks of all open releases, with what stands against the chosen one."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE_LEFT, MIDDLE_RIGHT, paint_text
from relconsole_ui.design.shapes import paint_status
from relconsole_ui.design.status import Status
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import GUTTER, ROLLBACK_BUTTON, TextRole
from relconsole_ui.presenters.rollbacks import PreparedRow, RollbacksRows
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.rows import RowList
from relconsole_ui.views.parts.words import Words
from relconsole_ui.views.rollback.card import ARM_KEYS
from relconsole_ui.views.rollback.relief import WIDEST, ReliefPanel

ROW: Final = 60
HEADS: Final = 24
GLYPH: Final = 18
COLUMNS: Final = (0.0, 0.42, 0.62, 0.82)
"""Where the columns begin, as shares of the width: release, readiness, rehearsal, latest start."""

COLUMN_WORDS: Final = ("Release", "Readiness", "Rehearsed", "Latest safe start")
NOTHING: Final = "No release is open."


class ColumnHeads(QWidget):
    """What the columns hold, over the columns."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(spoken_text(", ".join(COLUMN_WORDS)))

    def sizeHint(self) -> QSize:
        """Give the height of a line."""
        return QSize(self._look.px(200), self._look.px(HEADS))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words over the columns."""
        painter = QPainter(self)
        for cell, says in zip(_cells(self._look, QRectF(self.rect())), COLUMN_WORDS, strict=True):
            align = MIDDLE_RIGHT if says is COLUMN_WORDS[-1] else MIDDLE_LEFT
            paint_text(painter, self._look, cell, says, TextRole.ROW, "t2", align)


def _cells(look: Look, rect: QRectF) -> list[QRectF]:
    """Give the columns of a row, behind the room for its shape."""
    start = rect.left() + look.px(10 + GLYPH + 12)
    wide = rect.right() - start - look.px(8)
    return [
        QRectF(start + share * wide, rect.top(), (end - share) * wide - look.px(8), rect.height())
        for share, end in zip(COLUMNS, (*COLUMNS[1:], 1.0), strict=True)
    ]


class RollbacksView(QWidget):
    """The rollbacks of the open releases; ``arm_wanted`` is about the one on the bridge."""

    arm_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: RollbacksRows | None = None
        self.panel = Panel(look, "Rollbacks")
        self.columns = ColumnHeads(look)
        self.rows = RowList[PreparedRow](look, self._paint, ROW)
        self.rows.setFrameShape(RowList.Shape.NoFrame)
        self.rows.viewport().setAutoFillBackground(False)
        self.rows.setAccessibleName("Rollbacks of the open releases")
        self.empty = Words(look, TextRole.BODY, NOTHING, "t2")
        self.detail = Panel(look, "")
        self.relief = ReliefPanel(look)
        self.relief.setMaximumWidth(look.px(WIDEST))
        self.relief_of_other = Words(look, TextRole.BODY, "", "t2", wraps=True)
        self.targets = Words(look, TextRole.BODY, "", "t1", wraps=True)
        self.why = Words(look, TextRole.BODY, "", "t2", wraps=True)
        self.arm = ActionButton(
            look,
            "Arm rollback",
            ARM_KEYS,
            icon_name="arrow-counter-clockwise",
            height=ROLLBACK_BUTTON,
        )
        self.arm.clicked.connect(self.arm_wanted)
        self.rows.chosen.connect(self._choose)
        self.panel.body.addWidget(self.columns)
        self.panel.body.addWidget(self.rows, 1)
        self.panel.body.addWidget(self.empty)
        button = QHBoxLayout()
        button.addWidget(self.arm)
        button.addStretch(1)
        for part in (self.relief, self.relief_of_other, self.targets, self.why):
            self.detail.body.addWidget(part)
        self.detail.body.addStretch(1)
        self.detail.body.addLayout(button)
        column = QVBoxLayout(self)
        gutter = look.px(GUTTER)
        column.setContentsMargins(gutter, gutter, gutter, gutter)
        column.setSpacing(gutter)
        column.addWidget(self.panel, 3)
        column.addWidget(self.detail, 1)

    def show_rows(self, rows: RollbacksRows) -> None:
        """Show these; the first is chosen until a person chooses another."""
        self._shown = rows
        self.panel.set_note(rows.note)
        self.rows.show_rows(rows.rows)
        self.rows.setVisible(bool(rows.rows))
        self.columns.setVisible(bool(rows.rows))
        self.empty.setVisible(not rows.rows)
        if rows.rows and not self.rows.selected:
            self.rows.select(rows.rows[0].key)
        self._choose(self.rows.selected)

    def _choose(self, key: str) -> None:
        rows = () if self._shown is None else self._shown.rows
        row = next((each for each in rows if each.key == key), None)
        self.detail.setVisible(row is not None)
        if row is None:
            return
        self.detail.set_title(row.title)
        self.detail.set_note(row.estimate)
        self.relief.set_in_place(is_in_place=row.on_bridge)
        self.relief_of_other.setText("" if row.on_bridge else row.relief)
        self.relief_of_other.setVisible(bool(self.relief_of_other.text()))
        self.targets.setText(f"Goes back to {row.targets}" if row.targets else "No version stated")
        self.why.setText("\n".join(row.why) or "Nothing stands against it.")
        self.arm.set_possible(row.can_arm, "Only the release on the bridge can be armed here.")

    def _paint(self, painter: QPainter, rect: QRectF, row: PreparedRow) -> None:
        look = self._look
        side = look.px(GLYPH)
        left = rect.left() + look.px(10)
        glyph = QRectF(left, rect.center().y() - side / 2, side, side)
        paint_status(painter, look, glyph, row.status)
        lines = rect.adjusted(0, look.px(8), 0, -look.px(8))
        lines.setHeight(lines.height() / 2)
        cells = _cells(look, lines)
        strong = TextRole.BODY if row.status is Status.DONE else TextRole.BODY_STRONG
        paint_text(painter, look, cells[0], row.title, TextRole.BODY_STRONG)
        paint_text(painter, look, cells[1], row.readiness, strong)
        paint_text(painter, look, cells[2], row.rehearsed, TextRole.BODY, "t2")
        paint_text(painter, look, cells[3], row.latest, TextRole.BODY, "t1", MIDDLE_RIGHT)
        below = [cell.translated(0, cell.height()) for cell in cells]
        paint_text(painter, look, below[0], row.targets, TextRole.ROW, "t2")
        why = QRectF(below[1].topLeft(), below[2].bottomRight())
        paint_text(painter, look, why, row.why[0] if row.why else "", TextRole.ROW, "t2")
        paint_text(painter, look, below[3], row.estimate, TextRole.ROW, "t2", MIDDLE_RIGHT)
