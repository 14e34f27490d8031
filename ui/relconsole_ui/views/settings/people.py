"""People and keys: whose key is open here, all keys of the record, and the one that is chosen."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE_RIGHT, paint_text, text_width
from relconsole_ui.design.shapes import paint_status
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import GUTTER, TextRole
from relconsole_ui.presenters.keys_of_people import KeyRow, KeyRows
from relconsole_ui.presenters.own_key import OwnKeyRows
from relconsole_ui.views.bridge.cells import Cells
from relconsole_ui.views.bridge.note_line import NoteLine
from relconsole_ui.views.bridge.notice import Notice
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.glyph import StatusGlyph
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.rows import RowList
from relconsole_ui.views.parts.words import Words
from relconsole_ui.views.settings.confirm_form import ConfirmForm, FingerprintBlock
from relconsole_ui.views.settings.two_columns import TwoColumns

ROW = 44
GLYPH = 20
SIDE = 500
NARROW = 960
MOST_TOLD = 6
WHY = "Why it counts no longer"


class OwnKeyPanel(Panel):
    """Whose key is open here."""

    open_wanted = Signal()
    make_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "My key", parent)
        self.glyph = StatusGlyph(look, GLYPH)
        self.who = Words(look, TextRole.TITLE, "", elides=True)
        self.says = Words(look, TextRole.BODY, "", "t2", wraps=True)
        self.keeping = Words(look, TextRole.ROW, "", "t2", wraps=True)
        self.open = ActionButton(look, "Open my key", "Ctrl U", "primary")
        self.make = ActionButton(look, "Make my key")
        self.shut = ActionButton(look, "Close my key")
        top = QHBoxLayout()
        top.setSpacing(look.px(8))
        top.addWidget(self.glyph)
        top.addWidget(self.who, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(look.px(8))
        for button in (self.open, self.make, self.shut):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.body.addLayout(top)
        self.body.addWidget(self.says)
        self.body.addLayout(buttons)
        self.body.addWidget(self.keeping)
        self.open.clicked.connect(self.open_wanted)
        self.make.clicked.connect(self.make_wanted)
        self.shut.clicked.connect(self.close_wanted)

    def show_rows(self, rows: OwnKeyRows) -> None:
        """Show whose key is open."""
        self.glyph.set_status(rows.status)
        self.who.setText(rows.title)
        self.says.setText(rows.says)
        self.keeping.setText(rows.keeping)
        self.shut.setVisible(rows.is_open)
        self.open.set_label("Open another key" if rows.is_open else "Open my key")
        self.open.set_kind("plain" if rows.is_open else "primary")


class KeyPanel(Panel):
    """The chosen key, and what may be done with it."""

    confirm_wanted = Signal(str)
    revoked = Signal(str, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Chosen key", parent)
        self._row: KeyRow | None = None
        self.mark = FingerprintBlock(look)
        self.history = Words(look, TextRole.ROW, "", "t2", wraps=True)
        self.confirm = ActionButton(look, "Compare and confirm")
        self.revoke = ActionButton(look, "Revoke", kind="quiet")
        self.reason = NoteLine(look)
        self.reason.field.setAccessibleName(spoken_text(WHY))
        self.notice = Notice(look)
        buttons = QHBoxLayout()
        buttons.setSpacing(look.px(8))
        buttons.addWidget(self.confirm)
        buttons.addWidget(self.revoke)
        buttons.addStretch(1)
        for part in (self.mark, self.history):
            self.body.addWidget(part)
        self.body.addLayout(buttons)
        self.body.addWidget(self.reason)
        self.body.addWidget(self.notice)
        self.reason.hide()
        self.confirm.clicked.connect(self._confirm)
        self.revoke.clicked.connect(self._ask_reason)
        self.reason.given.connect(self._revoke)
        self.reason.left.connect(self.reason.hide)

    def show_row(self, row: KeyRow | None) -> None:
        """Show this key, out of sight where none is chosen."""
        self.setVisible(row is not None)
        if row is None:
            return
        if self._row is not None and self._row.key != row.key:
            self.reason.hide()
            self.notice.say("")
        self._row = row
        self.set_note(row.state)
        self.mark.show_lines(row.name, row.lines)
        told = row.history[-MOST_TOLD:]
        self.history.setText("\n".join(told) or "Taken over from the live record.")
        self.confirm.set_possible(not row.why_no_confirm, row.why_no_confirm)
        self.revoke.set_possible(not row.why_no_revoke, row.why_no_revoke)

    def refuse(self, why: str) -> None:
        """Say why it was not done; empty for nothing."""
        self.notice.say(why)

    def _confirm(self) -> None:
        if self._row is not None:
            self.confirm_wanted.emit(self._row.key)

    def _ask_reason(self) -> None:
        self.reason.show()
        self.reason.ask(WHY, "Revoke", kind="danger")

    def _revoke(self, reason: str) -> None:
        if self._row is not None:
            self.reason.hide()
            self.revoked.emit(self._row.key, reason)


class PeopleView(TwoColumns):
    """The section; ``chosen`` gives the fingerprint of the key that was chosen."""

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, side=SIDE, narrow=NARROW, parent=parent)
        self.own = OwnKeyPanel(look)
        self.panel = Panel(look, "Keys of people")
        self.rows: RowList[KeyRow] = RowList(look, self._paint_row, ROW)
        self.rows.setAccessibleName("Keys of people")
        self.says = Words(look, TextRole.BODY, "", "t2", wraps=True)
        self.panel.body.addWidget(self.says)
        self.panel.body.addWidget(self.rows, 1)
        self.says.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.key = KeyPanel(look)
        self.form = ConfirmForm(look)
        self.form.hide()
        beside = QWidget()
        side = QVBoxLayout(beside)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(look.px(GUTTER))
        for part in (self.own, self.key, self.form):
            side.addWidget(part)
        side.addStretch(1)
        self.set_parts(self.panel, beside)
        self.rows.chosen.connect(self._choose)
        self.rows.opened.connect(self.key.confirm_wanted)

    def show_rows(self, rows: KeyRows) -> None:
        """Show the keys; the chosen one stays chosen."""
        self.panel.set_note(rows.note)
        self.says.setText(rows.says)
        self.says.setVisible(bool(rows.says))
        self.rows.show_rows(rows.rows)
        self.rows.setVisible(bool(rows.rows))
        self._show_chosen()

    def _choose(self, key: str) -> None:
        self._show_chosen()
        self.chosen.emit(key)

    def _show_chosen(self) -> None:
        selected = self.rows.selected
        row = next((row for row in self.rows.rows if row.key == selected), None)
        # The comparison shows the same fingerprint, larger than life.
        self.key.show_row(None if self.form.isVisibleTo(self) else row)

    def _paint_row(self, painter: QPainter, rect: QRectF, row: KeyRow) -> None:
        look = self._look
        cells = Cells(look, painter, rect, before=12, after=12)
        cell = cells.take(GLYPH, gap=10)
        side = look.px(GLYPH)
        square = QRectF(cell.left(), cell.center().y() - side / 2, side, side)
        paint_status(painter, look, square, row.status)
        width = text_width(look, row.state, TextRole.BODY)
        state = cells.take_end(max(width + 1, look.px(110)), gap=12)
        paint_text(painter, look, state, row.state, TextRole.BODY, "t2", MIDDLE_RIGHT)
        mark = cells.take_end(text_width(look, row.mark, TextRole.MONO) + 1, gap=12)
        paint_text(painter, look, mark, row.mark, TextRole.MONO, "t2")
        ink = "t2" if row.state in {"revoked", "replaced"} else "t1"
        paint_text(painter, look, cells.rest, row.name, TextRole.BODY_STRONG, ink)
