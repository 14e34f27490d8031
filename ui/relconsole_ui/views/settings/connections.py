"""The connected systems: how each stands, and the form to connect or change one."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE_RIGHT, paint_text
from relconsole_ui.design.shapes import paint_status
from relconsole_ui.design.status import Status
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.connections import ConnectionRow, ConnectionRows
from relconsole_ui.views.bridge.cells import Cells
from relconsole_ui.views.bridge.notice import Notice
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.rows import RowList
from relconsole_ui.views.parts.words import Words
from relconsole_ui.views.settings.connection_form import ConnectionForm
from relconsole_ui.views.settings.two_columns import TwoColumns

ROW = 50
GLYPH = 20
STATE = 250
SIDE = 640
NARROW = 1_060


class ConnectionsView(TwoColumns):
    """The section; ``edit_wanted``, ``remove_wanted`` and ``retried`` give the system."""

    add_wanted = Signal()
    edit_wanted = Signal(str)
    remove_wanted = Signal(str)
    retried = Signal()
    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, side=SIDE, narrow=NARROW, covers=True, parent=parent)
        self._asks_removal = ""
        self.panel = Panel(look, "Connected systems")
        self.rows: RowList[ConnectionRow] = RowList(look, self._paint_row, ROW)
        self.rows.setAccessibleName("Connected systems")
        self.empty = Words(look, TextRole.BODY, "", "t2", wraps=True)
        self.why = Words(look, TextRole.BODY, "", "t2", wraps=True)
        self.notice = Notice(look)
        self.add = ActionButton(look, "Connect a system", icon_name="plugs-connected")
        self.edit = ActionButton(look, "Edit")
        self.retry = ActionButton(look, "Ask all now", "R")
        self.remove = ActionButton(look, "Remove", kind="quiet")
        buttons = QHBoxLayout()
        buttons.setSpacing(look.px(8))
        for button in (self.add, self.edit, self.retry, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for part in (self.empty, self.rows, self.why, self.notice):
            self.panel.body.addWidget(part, 1 if part is self.rows else 0)
        self.panel.body.addLayout(buttons)
        self.form = ConnectionForm(look)
        self.form.hide()
        self.set_parts(self.panel, self.form)
        self.add.clicked.connect(self.add_wanted)
        self.edit.clicked.connect(lambda: self._edit(self.rows.selected))
        self.remove.clicked.connect(self._ask_or_remove)
        self.retry.clicked.connect(self.retried)
        self.rows.chosen.connect(self._choose)
        self.rows.opened.connect(self._edit)

    def show_rows(self, rows: ConnectionRows) -> None:
        """Show the systems; the chosen one stays chosen."""
        self.panel.set_note(rows.note)
        self.rows.show_rows(rows.rows)
        self.rows.setVisible(bool(rows.rows))
        self.empty.setText(rows.empty)
        self.empty.setVisible(bool(rows.empty))
        self._show_chosen()

    def refuse(self, why: str) -> None:
        """Say why it was not done; empty for nothing."""
        self.notice.say(why)

    def _choose(self, key: str) -> None:
        self.notice.say("")
        self._show_chosen()
        self.chosen.emit(key)

    def _show_chosen(self) -> None:
        selected = self.rows.selected
        row = next((row for row in self.rows.rows if row.key == selected), None)
        if self._asks_removal != selected:
            self._asks_removal = ""
        why = "nothing is chosen" if row is None else ""
        self.edit.set_possible(row is not None, why)
        barred = why or (row.why_no_remove if row is not None else "")
        self.remove.set_possible(not barred, barred)
        asks = row is not None and self._asks_removal == row.key
        self.remove.set_label(f"Remove {selected} for good" if asks else "Remove")
        self.remove.set_kind("danger" if asks else "quiet")
        lines = [] if row is None else [row.why, f"Stays: {barred}." if barred else ""]
        said = "\n".join(line for line in lines if line)
        self.why.setText(said)
        self.why.setVisible(bool(said))

    def _edit(self, key: str) -> None:
        if key:
            self.edit_wanted.emit(key)

    def _ask_or_remove(self) -> None:
        """Ask once more in the same place, and then remove."""
        key = self.rows.selected
        if self._asks_removal != key:
            self._asks_removal = key
            self._show_chosen()
            return
        self._asks_removal = ""
        self.remove_wanted.emit(key)

    def _paint_row(self, painter: QPainter, rect: QRectF, row: ConnectionRow) -> None:
        look = self._look
        cells = Cells(look, painter, rect, before=12, after=12)
        side = look.px(GLYPH)
        cell = cells.take(GLYPH, gap=12)
        square = QRectF(cell.left(), cell.center().y() - side / 2, side, side)
        paint_status(painter, look, square, row.status)
        state = cells.take_end(look.px(STATE), gap=12)
        ink = "warn" if row.status is Status.WARNING else "t2"
        paint_text(painter, look, state, row.state, TextRole.BODY, ink, MIDDLE_RIGHT)
        half = rect.height() / 2
        upper = QRectF(cells.rest.left(), rect.top() + look.px(3), cells.rest.width(), half)
        paint_text(painter, look, upper, row.title, TextRole.BODY_STRONG)
        below = "  ·  ".join(part for part in (row.plugin, row.address) if part)
        lower = upper.translated(0, half - look.px(6))
        paint_text(painter, look, lower, below, TextRole.NOTE, "t2")
