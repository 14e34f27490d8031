"""Relief steps in a sheet or on a page: each with what it does, how it stands, and one button."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.relief import ReliefRow, ReliefRows
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.glyph import StatusGlyph
from relconsole_ui.views.parts.words import Words
from relconsole_ui.views.rollback.frame import SectionHead

LONGEST_REASON = 500
GLYPH = 16
BUTTON = 32
WIDEST = 760
MOST_KEYS = 9


class ReliefLineView(QWidget):
    """One relief step in two lines; ``pressed`` when its button is."""

    pressed = Signal()

    def __init__(self, look: Look, key_hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key_hint = key_hint
        self.glyph = StatusGlyph(look, GLYPH)
        self.title = Words(look, TextRole.BODY_STRONG, "", "t1", elides=True)
        self.says = Words(look, TextRole.ROW, "", "t2", elides=True)
        self.button = ActionButton(look, "Turn on", key_hint, height=BUTTON)
        self.button.clicked.connect(self.pressed)
        lines = QVBoxLayout()
        lines.setSpacing(0)
        for line in (self.title, self.says):
            lines.addWidget(line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.px(10))
        row.addWidget(self.glyph)
        row.addLayout(lines, 1)
        row.addWidget(self.button)

    def show_row(self, row: ReliefRow) -> None:
        """Show the relief as it stands."""
        self.glyph.set_status(row.status)
        self.title.setText(row.title)
        self.says.setText(f"{row.says} · {row.aside}")
        if self.button.label != row.button:
            self.button.set_label(row.button, self._key_hint)
        if self.button.hasFocus() and not row.is_possible:
            # Or the focus would fall to whatever comes next, and so would the next key.
            self.setFocus()
        self.button.set_possible(row.is_possible, row.why)
        self.button.setAccessibleName(spoken_text(f"{row.button}: {row.title}"))
        self.setAccessibleName(spoken_text(row.title))
        self.setAccessibleDescription(spoken_text(row.sentence))


class ReliefPanel(QWidget):
    """The relief steps, singly; out of sight where the plan has none.

    ``wanted`` gives the relief whose button was pressed, with the reason where one is asked for.
    ``has_keys`` shows the digit that presses each, which the surrounding sheet hands on; ``asked``
    comes when the reason is asked for.
    """

    wanted = Signal(str, str)
    asked = Signal()

    def __init__(
        self, look: Look, parent: QWidget | None = None, *, has_keys: bool = False
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._has_keys = has_keys
        self._shown = ReliefRows()
        self._is_in_place = True
        self._asks_about = ""
        self.lines: dict[str, ReliefLineView] = {}
        self.head = SectionHead(look, "Relief first")
        self.notice = Words(look, TextRole.BODY_STRONG, "", "crit", wraps=True)
        self.reason = QLineEdit()
        self.reason.setMaxLength(LONGEST_REASON)
        self.reason.setPlaceholderText("Reason, Enter to go on")
        self.reason.setAccessibleName("Reason for the relief")
        self.reason.returnPressed.connect(self._give)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(look.px(4))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, look.px(4))
        column.setSpacing(look.px(6))
        column.addWidget(self.head)
        column.addLayout(self._rows)
        column.addWidget(self.reason)
        column.addWidget(self.notice)
        self.reason.hide()
        self.notice.hide()
        self.hide()

    def show_rows(self, rows: ReliefRows) -> None:
        """Show the relief as it stands."""
        self._shown = rows
        if tuple(self.lines) != tuple(row.key for row in rows.rows):
            self._lay_out(rows)
        for row in rows.rows:
            self.lines[row.key].show_row(row)
        self.head.show_note(rows.note)
        self.setVisible(self._is_in_place and bool(rows.rows))
        self.setAccessibleName("Relief first")
        says = ". ".join(row.sentence for row in rows.rows)
        self.setAccessibleDescription(spoken_text(says))

    def set_in_place(self, *, is_in_place: bool) -> None:
        """Show the relief here only where it belongs to what is shown around it."""
        self._is_in_place = is_in_place
        self.show_rows(self._shown)

    def show_failure(self, why: str) -> None:
        """Say why nothing was done; nothing where it was."""
        self.notice.setText(why)
        self.notice.setVisible(bool(why))

    def press(self, number: int) -> None:
        """Press the button of the relief of this number, from 1, where it can be."""
        if self.isVisible() and number <= min(len(self._shown.rows), MOST_KEYS):
            self._pressed(self._shown.rows[number - 1].key)

    def forget(self) -> None:
        """Forget what was typed and said."""
        self._leave_form()
        self.show_failure("")

    def _lay_out(self, rows: ReliefRows) -> None:
        for line in self.lines.values():
            self._rows.removeWidget(line)
            line.deleteLater()
        self.lines = {}
        for number, row in enumerate(rows.rows, 1):
            hint = str(number) if self._has_keys and number <= MOST_KEYS else ""
            line = ReliefLineView(self._look, hint)
            line.pressed.connect(lambda key=row.key: self._pressed(key))
            self._rows.addWidget(line)
            self.lines[row.key] = line

    def _pressed(self, key: str) -> None:
        row = next(each for each in self._shown.rows if each.key == key)
        if not row.is_possible:
            return
        if self._shown.asks_reason and not row.ends:
            self._asks_about = key
            self.reason.show()
            self.reason.setFocus()
            self.asked.emit()
            return
        self.wanted.emit(key, "")

    def _give(self) -> None:
        reason, key = self.reason.text().strip(), self._asks_about
        if reason and key:
            self.lines[key].setFocus()
            self._leave_form()
            self.wanted.emit(key, reason)

    def _leave_form(self) -> None:
        self._asks_about = ""
        self.reason.setText("")
        self.reason.hide()
