"""The sheet of an act that two people do: what it is, what is lost, who signs, and what does it.

It is no dialog: the bridge behind it stays alive, and Esc leaves it with nothing done.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import Shiboken

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text, tip_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.second_sheet import SecondSheetRows
from relconsole_ui.views.parts.words import Words
from relconsole_ui.views.rollback.frame import SectionHead, SheetFrame
from relconsole_ui.views.rollback.two_people import TwoPeople
from relconsole_ui.views.second.confirm import ConfirmFoot
from relconsole_ui.views.second.facts import FactLines

_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class SecondSheet(SheetFrame):
    """The sheet, from the wish to do something that takes two people until it is done or left."""

    confirmed = Signal()
    left = Signal()
    again_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "users", parent)
        self._before: QWidget | None = None
        self.notice = Words(look, TextRole.BODY_STRONG, "", "crit", wraps=True)
        self.about = Words(look, TextRole.HEADING, "", "t1", wraps=True)
        self.comes = Words(look, TextRole.BODY, "", "t2", wraps=True)
        self.head = SectionHead(look, "")
        self.rows = FactLines(look)
        self.reason = Words(look, TextRole.BODY, "", "t1", wraps=True)
        self.people = TwoPeople(look)
        self.rule = Words(look, TextRole.BODY, "", "t1", wraps=True)
        self.barred = Words(look, TextRole.ROW, "", "t2", wraps=True)
        self.request = Words(look, TextRole.ROW, "", "t2", elides=True)
        self.foot_rows = ConfirmFoot(look)
        for group in (
            (self.about, self.comes),
            (self.head, self.rows, self.reason),
            (self.people, self.notice),
            (self.rule, self.barred, self.request),
        ):
            for part in group:
                self.body.addWidget(part)
            self.body.addSpacing(look.px(6))
        self.body.addStretch(1)
        self.foot.addWidget(self.foot_rows)
        self.foot_rows.confirmed.connect(self.confirmed)
        self.foot_rows.leave_wanted.connect(self.left)
        self.foot_rows.again_wanted.connect(self.again_wanted)
        self.set_tone("line", "bg2")
        self.setAccessibleName("Two people")

    def show_rows(self, rows: SecondSheetRows) -> None:
        """Show how far it has come."""
        self.set_tone("warn" if rows.is_grave else "line", "warn_bg" if rows.is_grave else "bg2")
        self.title.setText(rows.title)
        self.aside.setText(rows.left)
        self.setAccessibleName(spoken_text(rows.title))
        self.setAccessibleDescription(spoken_text(rows.sentence))
        self.about.setText(rows.about)
        self.comes.setText(rows.comes)
        self.head.title.setText(rows.heading)
        self.rows.show_rows(rows.rows)
        for part in (self.head, self.rows):
            part.setVisible(bool(rows.rows))
        _show_text(self.notice, rows.notice)
        _show_text(self.reason, f"Reason: {rows.reason}" if rows.reason else "")
        _show_text(self.rule, rows.rule)
        _show_text(self.barred, "\n".join(rows.barred))
        self.barred.setToolTip(tip_text("\n".join(rows.barred)))
        _show_text(self.request, rows.request)
        could_confirm = self.foot_rows.confirm.isEnabled()
        holds_keyboard = self.has_keyboard
        if not rows.confirm.is_possible and self.foot_rows.holds_keyboard:
            # Or the keyboard would fall to the next button, and Enter would press that.
            self.setFocus()
        self.people.show_rows(rows.people)
        self.foot_rows.show_rows(rows.confirm, can_ask_again=rows.can_ask_again)
        if not holds_keyboard:
            return
        if rows.confirm.is_possible and not could_confirm:
            self.foot_rows.take_keyboard()
        elif not self.has_keyboard:
            # What had the keyboard went out of sight; it is not to fall to what lies behind.
            self.setFocus()

    def open(self) -> None:
        """Come into sight with the focus, as somebody asked for it."""
        if not self.isVisible():
            self._before = QApplication.focusWidget()
        self.show()
        self.raise_()
        self.setFocus()

    def leave(self) -> None:
        """Go, forget what was typed, and give the focus back to where it was."""
        held = self.has_keyboard
        self.people.forget()
        self.foot_rows.forget()
        self.hide()
        before, self._before = self._before, None
        if held and before is not None and Shiboken.isValid(before) and before.isVisible():
            before.setFocus()

    @property
    def has_keyboard(self) -> bool:
        """Whether the focus is within the sheet."""
        focus = QApplication.focusWidget()
        return (
            self.isVisible() and focus is not None and (focus is self or self.isAncestorOf(focus))
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let S ask for the passphrase, Enter do it, and Esc leave it."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() == Qt.Key.Key_S and not event.modifiers():
            self.people.open_form()
        elif event.key() in _ENTER and self.hasFocus() and not event.isAutoRepeat():
            self.foot_rows.press()
        elif event.key() not in _ENTER:
            super().keyPressEvent(event)


def _show_text(line: Words, text: str) -> None:
    line.setText(text)
    line.setVisible(bool(text))
