"""Confirming somebody's key: two fingerprints to compare, and three ways to sign."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.keys_of_people import ConfirmRows
from relconsole_ui.views.bridge.choice_box import chosen_of, fill_box, narrow_box
from relconsole_ui.views.bridge.notice import Notice
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.secret_field import SecretField
from relconsole_ui.views.parts.words import Words

LONGEST = 200
GAP = 8


class FingerprintBlock(QWidget):
    """A fingerprint as it is read out, under the name of whose it is."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.name = Words(look, TextRole.BODY_STRONG)
        self.lines = tuple(Words(look, TextRole.MONO) for _ in range(4))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(2))
        column.addWidget(self.name)
        for line in self.lines:
            column.addWidget(line)

    def show_lines(self, name: str, lines: tuple[str, ...]) -> None:
        """Show this fingerprint; out of sight where there is none."""
        self.setVisible(bool(lines))
        self.name.setText(name)
        for at, line in enumerate(self.lines):
            line.setText(lines[at] if at < len(lines) else "")
        self.setAccessibleName(spoken_text(f"Fingerprint of {name}: {', '.join(lines)}"))


class ConfirmForm(Panel):
    """Asks how the fingerprint was compared, and whose signature confirms it.

    ``confirmed`` gives the means; ``signed`` who signs here, their passphrase and the means;
    ``filed`` who is asked by a file, empty for anybody.
    """

    confirmed = Signal(str)
    signed = Signal(str, str, str)
    filed = Signal(str)
    copied = Signal(str)
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Confirm a key", parent)
        self._rows: ConfirmRows | None = None
        self.leave = ActionButton(look, "Close", "Esc", "quiet", height=28)
        self.head.addWidget(self.leave)
        self.says = Words(look, TextRole.BODY, "", wraps=True)
        self.other = FingerprintBlock(look)
        self.own = FingerprintBlock(look)
        self.means = QLineEdit()
        self.means.setMaxLength(LONGEST)
        self.means.setAccessibleName("How it was compared")
        self.means.setPlaceholderText("How it was compared, such as read out on the phone")
        self.confirm = ActionButton(look, "The same: confirm", kind="primary")
        self.why = Words(look, TextRole.ROW, "", "t2", wraps=True)
        self.elsewhere = Words(look, TextRole.BODY_STRONG, "Or somebody else signs", "t2")
        self.second = narrow_box("Who signs")
        self.passphrase = SecretField("Their passphrase")
        self.sign = ActionButton(look, "Sign here")
        self.file = ActionButton(look, "Request file", kind="quiet")
        self.place = Words(look, TextRole.MONO, "", "t2", elides=True)
        self.copy = ActionButton(look, "Copy path", icon_name="copy", kind="quiet")
        self.notice = Notice(look)
        self._lay_out(look)
        self.leave.clicked.connect(self.left)
        self.means.textChanged.connect(self._follow_typing)
        self.passphrase.textChanged.connect(self._follow_typing)
        self.confirm.clicked.connect(lambda: self.confirmed.emit(self.typed_means))
        self.sign.clicked.connect(self._sign)
        self.passphrase.returnPressed.connect(self._sign)
        self.file.clicked.connect(lambda: self.filed.emit(chosen_of(self.second)))
        self.copy.clicked.connect(lambda: self.copied.emit(self.place.text()))

    @property
    def typed_means(self) -> str:
        """Give how it was compared, as it was typed."""
        return self.means.text().strip()

    def ask(self, rows: ConfirmRows) -> None:
        """Ask about this key."""
        self.means.clear()
        self.passphrase.forget()
        self.show_place("")
        self.notice.say("")
        fill_box(self.second, rows.seconds, "")
        self.show_rows(rows)
        self.show()
        self.means.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_rows(self, rows: ConfirmRows) -> None:
        """Show what may be compared and who may sign now."""
        before, self._rows = self._rows, rows
        self.set_title(f"Confirm the key of {rows.name}")
        self.says.setText(rows.says)
        self.other.show_lines(rows.name, rows.lines)
        self.own.show_lines(f"{rows.own_name}, open here", rows.own_lines)
        self.why.setText(rows.why_not_here)
        self.why.setVisible(bool(rows.why_not_here))
        if before is not None and before.seconds != rows.seconds:
            fill_box(self.second, rows.seconds, chosen_of(self.second))
        for part in (self.elsewhere, self.second, self.passphrase, self.sign):
            part.setVisible(bool(rows.seconds))
        self._follow_typing()

    def show_place(self, place: str) -> None:
        """Show where the request lies; empty for none."""
        self.place.setText(place)
        for part in (self.place, self.copy):
            part.setVisible(bool(place))

    def refuse(self, why: str) -> None:
        """Say why it was not confirmed; empty for nothing."""
        self.notice.say(why)

    def dismiss(self) -> None:
        """Forget what was typed, and go."""
        self.passphrase.forget()
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave by Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _follow_typing(self) -> None:
        says_how = "" if self.typed_means else "it is not said how it was compared"
        here = self._rows.why_not_here if self._rows is not None else ""
        self.confirm.set_possible(not (here or says_how), here or says_how)
        typed = "" if self.passphrase.text() else "there is no passphrase"
        self.sign.set_possible(not (says_how or typed), says_how or typed)

    def _sign(self) -> None:
        who, means = chosen_of(self.second), self.typed_means
        if who and means and self.passphrase.text():
            self.notice.say("")
            self.signed.emit(who, self.passphrase.take(), means)

    def _lay_out(self, look: Look) -> None:
        marks = QHBoxLayout()
        marks.setSpacing(look.px(32))
        for block in (self.other, self.own):
            marks.addWidget(block)
        marks.addStretch(1)
        signing = QHBoxLayout()
        for part, stretch in ((self.second, 2), (self.passphrase, 3), (self.sign, 0)):
            signing.addWidget(part, stretch)
        filing = QHBoxLayout()
        filing.addWidget(self.file)
        filing.addWidget(self.place, 4)
        filing.addWidget(self.copy)
        filing.addStretch(1)
        confirming = QHBoxLayout()
        confirming.addWidget(self.confirm)
        confirming.addWidget(self.why, 4)
        confirming.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(look.px(GAP))
        column.addWidget(self.says)
        column.addLayout(marks)
        column.addWidget(self.means)
        column.addLayout(confirming)
        column.addWidget(self.elsewhere)
        column.addLayout(signing)
        column.addLayout(filing)
        column.addWidget(self.notice)
        self.body.addLayout(column)
