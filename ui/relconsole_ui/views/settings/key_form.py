"""The sheet in which a person opens their key, or makes it; everything else stays in sight."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.own_key import KeyFormRows, OwnKeyRows, Strength
from relconsole_ui.views.bridge.choice_box import chosen_of, fill_box, narrow_box
from relconsole_ui.views.bridge.notice import Notice
from relconsole_ui.views.bridge.side_sheet import SideSheet
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.secret_field import SecretField
from relconsole_ui.views.parts.words import Words

GAP = 10


class KeyForm(SideSheet):
    """Asks whose key, and for the passphrase, which is forgotten as it is handed on.

    ``opened`` gives person and passphrase; ``made`` also whether a kept key is replaced; ``chosen``
    a person, so that it can be said whether a key of theirs is kept; ``typed`` a new passphrase.
    """

    opened = Signal(str, str)
    made = Signal(str, str, bool)
    chosen = Signal(str)
    typed = Signal(str)
    closed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Open my key", parent)
        self._is_making = False
        self._is_kept = True
        self._is_busy = False
        self._strength = Strength(says="", is_enough=False)
        self.person = narrow_box("Whose key")
        self.says = Words(look, TextRole.BODY, "", "t2", wraps=True)
        self.first = SecretField("Passphrase")
        self.again = SecretField("The same again")
        self.strength = Words(look, TextRole.BODY, "", "t2", wraps=True)
        self.replaces = QCheckBox("Replace the key that is kept")
        self.notice = Notice(look)
        self.go = ActionButton(look, "Open my key", "Enter", "primary")
        self.turn = ActionButton(look, "Make my key", kind="quiet")
        self.why = Words(look, TextRole.BODY, "", "t2", wraps=True)
        self.shut = ActionButton(look, "Close my key")
        self.keeping = Words(look, TextRole.ROW, "", "t2", wraps=True)
        self._lay_out(look)
        self.person.activated.connect(self._choose)
        self.first.textChanged.connect(self._follow_typing)
        self.again.textChanged.connect(self._follow_typing)
        self.replaces.toggled.connect(self._follow_typing)
        self.first.returnPressed.connect(self._give)
        self.again.returnPressed.connect(self._give)
        self.go.clicked.connect(self._give)
        self.turn.clicked.connect(lambda: self.turn_to(is_making=not self._is_making))
        self.shut.clicked.connect(self.closed)
        self.left.connect(self.dismiss)

    @property
    def is_making(self) -> bool:
        """Whether a key is made, not opened."""
        return self._is_making

    def ask(self, rows: KeyFormRows, *, is_making: bool = False) -> None:
        """Ask for a key of one of these people."""
        fill_box(self.person, rows.people, rows.first)
        self.notice.say(rows.why_not)
        self.turn_to(is_making=is_making)
        self.show()
        self.raise_()
        self._choose(self.person.currentIndex())
        has_last = bool(rows.first)
        target = self.first if has_last else self.person
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def turn_to(self, *, is_making: bool) -> None:
        """Let a key be made, or opened."""
        self._is_making = is_making
        self._forget()
        act = "Make my key" if is_making else "Open my key"
        self.set_title(act)
        self.go.set_label(act)
        self.turn.set_label("Open a kept key" if is_making else "Make my key")
        self.first.set_name("New passphrase" if is_making else "Passphrase")
        self._follow_state()

    def show_own(self, rows: OwnKeyRows) -> None:
        """Say whose key is open, and where keys are kept."""
        self.shut.setVisible(rows.is_open)
        self.shut.set_label(f"Close the key of {rows.title}")
        self.keeping.setText(rows.keeping)

    def show_kept(self, says: str, *, is_kept: bool) -> None:
        """Say whether a key of the chosen person is kept here."""
        self._is_kept = is_kept
        self.says.setText(says)
        self._follow_state()

    def show_strength(self, strength: Strength) -> None:
        """Say how good the new passphrase is."""
        self._strength = strength
        self.strength.setText(strength.says)
        self._follow_state()

    def show_busy(self, *, is_busy: bool) -> None:
        """Say that the key is being worked upon, which takes a moment on purpose."""
        self._is_busy = is_busy
        self._follow_state()

    def refuse(self, why: str) -> None:
        """Say why not, in place, with the passphrase to be typed anew."""
        self.show_busy(is_busy=False)
        self.notice.say(why)
        self.first.setFocus(Qt.FocusReason.OtherFocusReason)

    def dismiss(self) -> None:
        """Forget what was typed, and go."""
        self._forget()
        self.notice.say("")
        self.show_busy(is_busy=False)
        self.hide()

    def _choose(self, _at: int) -> None:
        self._forget()
        self.chosen.emit(chosen_of(self.person))

    def _follow_typing(self) -> None:
        if self._is_making:
            self.typed.emit(self.first.text())
        self._follow_state()

    def _follow_state(self) -> None:
        for part in (self.again, self.strength):
            part.setVisible(self._is_making)
        self.replaces.setVisible(self._is_making and self._is_kept)
        why = self._why_not()
        self.go.set_possible(not why, why)
        is_told = self._is_busy or (self._is_making and bool(self.again.text()))
        self.why.setText(f"{why[:1].upper()}{why[1:]}." if why and is_told else "")

    def _why_not(self) -> str:
        """Give why it cannot be gone on, empty where it can."""
        if self._is_busy:
            return "the key is being opened"
        if not chosen_of(self.person):
            return "nobody is chosen"
        if not self._is_making:
            return "" if self._is_kept else "no key is kept here"
        if not self._strength.is_enough:
            return "the passphrase is not good enough"
        if self.first.text() != self.again.text():
            return "the two passphrases differ"
        return "" if self.replaces.isChecked() or not self._is_kept else "a key is kept already"

    def _give(self) -> None:
        if self._why_not() or not self.first.text():
            return
        self.notice.say("")
        person, replaces = chosen_of(self.person), self.replaces.isChecked()
        typed = self.first.take()
        self._forget()
        self.show_busy(is_busy=True)
        if self._is_making:
            self.made.emit(person, typed, replaces)
        else:
            self.opened.emit(person, typed)

    def _forget(self) -> None:
        for field in (self.first, self.again):
            field.forget()
        self.replaces.setChecked(False)
        self.show_strength(Strength(says="", is_enough=False))

    def _lay_out(self, look: Look) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(look.px(GAP))
        buttons.addWidget(self.go)
        buttons.addWidget(self.turn)
        buttons.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(look.px(GAP))
        for part in (
            self.person,
            self.says,
            self.first,
            self.strength,
            self.again,
            self.replaces,
            self.notice,
        ):
            column.addWidget(part)
        column.addLayout(buttons)
        column.addWidget(self.why)
        column.addSpacing(look.px(GAP))
        column.addWidget(self.shut, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.keeping)
        column.addStretch(1)
        self.body.addLayout(column)
        self.shut.hide()
