"""The armed sheet: what will change, what was looked at, two people, and what fires it.

It is no dialog: the bridge behind it stays alive, and Esc puts the rollback away from anywhere.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.armed_sheet import ArmedSheetRows, SheetStage
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.words import Words
from relconsole_ui.views.rollback.fire import FireFoot
from relconsole_ui.views.rollback.frame import SectionHead, SheetFrame
from relconsole_ui.views.rollback.lists import change_list, status_list
from relconsole_ui.views.rollback.relief import MOST_KEYS, ReliefPanel
from relconsole_ui.views.rollback.two_people import TwoPeople

LONGEST_REASON = 500


class ReasonForm(QWidget):
    """Why it is armed although no rehearsal backs it, or the fleet differs."""

    given = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.asks = Words(look, TextRole.BODY, "", "t1", wraps=True)
        self.reason = QLineEdit()
        self.reason.setMaxLength(LONGEST_REASON)
        self.reason.setPlaceholderText("Reason to arm it all the same")
        self.reason.setAccessibleName("Reason to arm it all the same")
        self.reason.returnPressed.connect(self._give)
        self.arm = ActionButton(look, "Arm", "Enter", "primary")
        self.arm.clicked.connect(self._give)
        row = QHBoxLayout()
        row.setSpacing(look.px(8))
        row.addWidget(self.reason, 1)
        row.addWidget(self.arm)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(6))
        column.addWidget(self.asks)
        column.addLayout(row)

    def show_asks(self, asks: tuple[str, ...]) -> None:
        """Show what a reason is needed for."""
        self.asks.setText("\n".join(asks))

    def _give(self) -> None:
        reason = self.reason.text().strip()
        if reason:
            self.given.emit(reason)


class ArmedSheet(SheetFrame):
    """The sheet, from the wish to arm until it is fired or put away.

    ``reason_given`` arms with a reason; ``fired`` comes after two seconds of holding, or the typed
    word; ``disarm_wanted`` puts it away.
    """

    reason_given = Signal(str)
    fired = Signal()
    disarm_wanted = Signal()
    take_up_wanted = Signal()
    arm_again_wanted = Signal()

    def __init__(
        self, look: Look, tick: Callable[[], float], parent: QWidget | None = None
    ) -> None:
        super().__init__(look, "arrow-counter-clockwise", parent)
        self._stage: SheetStage | None = None
        self.relief = ReliefPanel(look, has_keys=True)
        self.form = ReasonForm(look)
        self.looked_head = SectionHead(look, "Pre-flight, observed fleet")
        self.looked = status_list(look, "Pre-flight")
        self.changes_head = SectionHead(look, "What will change")
        self.changes = change_list(look, "What will change")
        self.reason = Words(look, TextRole.ROW, "", "t2", wraps=True)
        self.notice = Words(look, TextRole.BODY_STRONG, "", "crit", wraps=True)
        self.message = Words(look, TextRole.BODY, "", "t2", elides=True)
        self.people = TwoPeople(look)
        self.fire = FireFoot(look, tick)
        for part in (
            self.relief,
            self.notice,
            self.form,
            self.reason,
            self.looked_head,
            self.looked,
            self.changes_head,
            self.changes,
            self.message,
            self.people,
        ):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.foot.addWidget(self.fire)
        self.relief.asked.connect(lambda: self.bring_into_sight(self.relief.reason))
        self.people.asked.connect(lambda: self.bring_into_sight(self.people.form))
        self.form.given.connect(self.reason_given)
        self.fire.fired.connect(self.fired)
        self.fire.disarm_wanted.connect(self.disarm_wanted)
        self.fire.take_up_wanted.connect(self.take_up_wanted)
        self.fire.arm_again_wanted.connect(self.arm_again_wanted)
        self.setAccessibleName("Rollback")

    def show_rows(self, rows: ArmedSheetRows) -> None:
        """Show how far arming has come."""
        if rows.stage is not SheetStage.NEEDS_REASON:
            # Before the form goes, or the focus would fall to whatever comes next.
            self._come_to(rows.stage)
        self.title.setText(rows.title)
        self.aside.setText(rows.left)
        self.setAccessibleName(spoken_text(rows.title))
        self.setAccessibleDescription(spoken_text(rows.sentence))
        self.form.setVisible(rows.stage is SheetStage.NEEDS_REASON)
        self.form.show_asks(rows.asks)
        self._show_text(self.reason, f"Armed all the same: {rows.reason}" if rows.reason else "")
        self._show_text(self.notice, rows.notice)
        self._show_text(self.message, rows.message)
        self.looked_head.show_note(rows.looked_at_note)
        self.looked.show_rows(rows.looked_at)
        self.changes_head.show_note(rows.changes_note)
        self.changes.show_rows(rows.changes)
        for part in (self.looked_head, self.looked):
            part.setVisible(bool(rows.looked_at))
        self.changes.setVisible(bool(rows.changes))
        self.people.setVisible(rows.stage is SheetStage.ARMED)
        self.people.show_rows(rows.people)
        could_fire = self.fire.hold.isEnabled()
        self.fire.show_rows(
            rows.fire, must_take_up=rows.must_take_up, must_arm_again=rows.must_arm_again
        )
        self._come_to(rows.stage)
        if self.fire.hold.isEnabled() and not could_fire and self._has_keyboard():
            # Somebody signed: the next thing that is pressed is what all this is for.
            self.fire.hold.setFocus()

    def open(self) -> None:
        """Come into sight with the focus, as somebody asked for it."""
        self.show()
        self.raise_()
        self._focus()

    def leave(self) -> None:
        """Go, and forget all that was typed or held."""
        self.relief.forget()
        self.people.forget()
        self.fire.forget()
        self.form.reason.setText("")
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let S ask for the second person's passphrase, and a digit use that relief."""
        digit = event.key() - Qt.Key.Key_0
        if 1 <= digit <= MOST_KEYS and not event.modifiers():
            if not event.isAutoRepeat():
                self.relief.press(digit)
        elif event.key() == Qt.Key.Key_S and not event.modifiers():
            self.people.open_form()
        else:
            super().keyPressEvent(event)

    def _come_to(self, stage: SheetStage) -> None:
        """Move the focus with the stage, if it is within the sheet; never from elsewhere."""
        if stage is self._stage:
            return
        self._stage = stage
        if self._has_keyboard():
            self._focus()

    def _has_keyboard(self) -> bool:
        """Tell whether the focus is within the sheet."""
        inside = (self, *self.findChildren(QWidget))
        return self.isVisible() and QApplication.focusWidget() in inside

    def _focus(self) -> None:
        if self._stage is SheetStage.NEEDS_REASON:
            self.form.reason.setFocus()
        elif self.fire.hold.isEnabled():
            self.fire.hold.setFocus()
        else:
            self.setFocus()

    def _show_text(self, line: Words, text: str) -> None:
        line.setText(text)
        line.setVisible(bool(text))
