"""The two people of a rollback, and the ways for the second of them to sign."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.status import Status
from relconsole_ui.design.text import spoken_text, tip_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.two_people import PersonRow, TwoPeopleRows
from relconsole_ui.views.parts.avatar import Avatar
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.glyph import StatusGlyph
from relconsole_ui.views.parts.words import Words
from relconsole_ui.views.rollback.frame import SectionHead

LONGEST_PASSPHRASE = 1024
GLYPH = 20


class PersonLine(QWidget):
    """One person: initials, name, as what, how far."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.avatar = Avatar(look)
        self.name = Words(look, TextRole.BODY_STRONG, "", "t1", elides=True)
        self.role = Words(look, TextRole.ROW, "", "t2", elides=True)
        self.says = Words(look, TextRole.BODY, "", "t1")
        self.glyph = StatusGlyph(look, GLYPH, Status.WAITING)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.name)
        names.addWidget(self.role)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.px(12))
        row.addWidget(self.avatar)
        row.addLayout(names, 1)
        row.addWidget(self.says)
        row.addWidget(self.glyph)

    def show_row(self, row: PersonRow) -> None:
        """Show this person."""
        self.avatar.show_person(row.initials, row.name)
        self.name.setText(row.name)
        self.role.setText(row.role)
        self.says.setText(row.says)
        self.glyph.set_status(row.status)
        self.setAccessibleName(spoken_text(row.sentence))


class SignForm(QWidget):
    """The passphrase of the second person, masked, and gone as soon as it was handed on."""

    signed = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.says = Words(look, TextRole.BODY, "", "t1", wraps=True)
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setMaxLength(LONGEST_PASSPHRASE)
        self.passphrase.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.passphrase.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData
        )
        self.passphrase.returnPressed.connect(self._hand_on)
        self.button = ActionButton(look, "Sign", "Enter", "primary")
        self.button.clicked.connect(self._hand_on)
        row = QHBoxLayout()
        row.setSpacing(look.px(8))
        row.addWidget(self.passphrase, 1)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(6))
        column.addWidget(self.says)
        column.addLayout(row)

    def open(self, name: str) -> None:
        """Ask this person for their passphrase."""
        self.says.setText(
            f"{name} types the passphrase. It opens their key in a process of its own."
        )
        self.passphrase.setAccessibleName(spoken_text(f"Passphrase of {name}"))
        self.passphrase.setPlaceholderText(f"Passphrase of {name}")
        self.show()
        self.passphrase.setFocus()

    def leave(self) -> None:
        """Forget what was typed, and go."""
        # Unlike clear(), this also forgets what could be undone.
        self.passphrase.setText("")
        self.hide()

    def _hand_on(self) -> None:
        typed = self.passphrase.text()
        if typed:
            self.leave()
            self.signed.emit(typed)


class TwoPeople(QWidget):
    """Who armed and who signs; emits what a person wants of the second signature.

    ``signed`` gives a passphrase, ``copied`` the place of the request; ``asked`` comes when the
    passphrase is asked for.
    """

    signed = Signal(str)
    asked = Signal()
    other_wanted = Signal()
    copied = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: TwoPeopleRows | None = None
        self.head = SectionHead(look, "Two people")
        self.lines = (PersonLine(look), PersonLine(look))
        self.sign = ActionButton(look, "Sign here", "S", "primary")
        self.file = ActionButton(look, "Request file")
        self.other = ActionButton(look, "Ask someone else", kind="quiet")
        self.form = SignForm(look)
        self.place = Words(look, TextRole.MONO, "", "t2", elides=True)
        self.waiting = Words(look, TextRole.ROW, "Waiting for the answer beside it", "t2")
        self.copy = ActionButton(look, "Copy path", icon_name="copy")
        self.sign.clicked.connect(self.open_form)
        self.file.clicked.connect(self._toggle_file)
        self.other.clicked.connect(self.other_wanted)
        self.copy.clicked.connect(self._copy)
        self.form.signed.connect(self.signed)
        self._buttons = QHBoxLayout()
        for button in (self.sign, self.file, self.other):
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.place)
        words.addWidget(self.waiting)
        self.request = QWidget()
        request = QHBoxLayout(self.request)
        request.setContentsMargins(0, 0, 0, 0)
        request.addLayout(words, 1)
        request.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(8))
        column.addWidget(self.head)
        for line in self.lines:
            column.addWidget(line)
        column.addLayout(self._buttons)
        column.addWidget(self.form)
        column.addWidget(self.request)
        self.form.hide()
        self.request.hide()

    def show_rows(self, rows: TwoPeopleRows) -> None:
        """Show the two people."""
        second_changed = self._rows is not None and self._rows.second != rows.second
        self._rows = rows
        self.head.show_note(rows.note)
        barred = "\n".join(f"{each.name}: {each.why}" for each in rows.barred)
        self.head.note.setToolTip(tip_text(barred))
        for at, line in enumerate(self.lines):
            line.setVisible(at < len(rows.rows))
            if at < len(rows.rows):
                line.show_row(rows.rows[at])
        self.sign.setEnabled(rows.can_sign)
        self.sign.setVisible(rows.is_waiting)
        self.file.setVisible(rows.is_waiting)
        self.other.setVisible(rows.can_ask_other)
        self.place.setText(rows.place)
        if not rows.is_waiting or second_changed:
            self.form.leave()
        if not rows.is_waiting:
            self.request.hide()

    def open_form(self) -> None:
        """Ask for the passphrase of whoever is asked to sign."""
        if self._rows is not None and self._rows.can_sign:
            self.form.open(self._rows.second_name)
            self.asked.emit()

    def forget(self) -> None:
        """Forget what was typed and close what is open."""
        self.form.leave()
        self.request.hide()

    def _toggle_file(self) -> None:
        self.request.setVisible(self.request.isHidden())

    def _copy(self) -> None:
        if self._rows is not None:
            self.copied.emit(self._rows.place)
