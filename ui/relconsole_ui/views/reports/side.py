"""What is to be done before a report goes out: the closure code, and where it goes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.report_side import ReportSide, recorded_note
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.words import Words

LONGEST = 500


class SidePanel(Panel):
    """The right-hand panel; ``confirmed`` gives a code and a reason, ``asked`` a word."""

    confirmed = Signal(str, str)
    asked = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Before it goes out", parent)
        self._side: ReportSide | None = None
        self.closure = Words(look, TextRole.BODY_STRONG, "", "t1", wraps=True)
        self.closure_says = Words(look, TextRole.ROW, "", "t2", wraps=True)
        self.code = QComboBox()
        self.code.setAccessibleName("Closure code")
        self.reason = QLineEdit()
        self.reason.setMaxLength(LONGEST)
        self.reason.setPlaceholderText("Reason for another code")
        self.reason.setAccessibleName("Reason for another code")
        self.confirm = ActionButton(look, "Confirm closure code", kind="primary")
        self.why_not = Words(look, TextRole.ROW, "", "t2", wraps=True)
        self.failure = Words(look, TextRole.BODY, "", "crit", wraps=True)
        self.recorded_head = Words(look, TextRole.BODY_STRONG, "Recorded for others", "t1")
        self.recorded = Words(look, TextRole.ROW, "", "t2", wraps=True)
        self.goes_head = Words(look, TextRole.BODY_STRONG, "Goes to", "t1")
        self.goes_to = Words(look, TextRole.ROW, "", "t2", wraps=True)
        self.print = ActionButton(look, "Print", "Ctrl P", icon_name="printer")
        self.save = ActionButton(look, "Save as one HTML file")
        self.copy = ActionButton(look, "Copy as text", kind="quiet")
        self.turn = ActionButton(look, "Show as text", kind="quiet")
        self._lay_out()
        self.code.currentTextChanged.connect(self._choose)
        self.confirm.clicked.connect(self._confirm)
        self.reason.returnPressed.connect(self._confirm)
        for button, wish in (
            (self.print, "print"),
            (self.save, "save"),
            (self.copy, "copy"),
            (self.turn, "turn"),
        ):
            button.clicked.connect(lambda _checked=False, word=wish: self.asked.emit(word))
        self.show_failure("")

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(self._look.px(8))
        column.addWidget(self.closure)
        column.addWidget(self.closure_says)
        column.addWidget(self.code)
        column.addWidget(self.reason)
        column.addWidget(self.confirm)
        column.addWidget(self.why_not)
        column.addWidget(self.failure)
        column.addSpacing(self._look.px(12))
        column.addWidget(self.recorded_head)
        column.addWidget(self.recorded)
        column.addSpacing(self._look.px(12))
        column.addWidget(self.goes_head)
        column.addWidget(self.goes_to)
        column.addSpacing(self._look.px(12))
        column.addWidget(self.print)
        column.addWidget(self.save)
        column.addWidget(self.copy)
        column.addWidget(self.turn)
        self.body.addLayout(column)
        self.body.addStretch(1)

    def show_side(self, side: ReportSide) -> None:
        """Show what is to be done; a code that was chosen stays while the proposal does."""
        before, self._side = self._side, side
        self.set_note(side.note)
        self.closure.setText(side.closure_title)
        self.closure_says.setText("\n".join(side.closure_says))
        if before is None or (before.codes, before.proposed) != (side.codes, side.proposed):
            self.code.clear()
            self.code.addItems(list(side.codes))
            self.code.setCurrentText(side.proposed)
        self.code.setVisible(bool(side.codes) and side.may_confirm)
        self.confirm.set_possible(side.may_confirm, side.why_not)
        self.why_not.setText(side.why_not)
        self.why_not.setVisible(bool(side.why_not))
        self.recorded.setText("\n".join(side.recorded) or recorded_note(side))
        self.goes_to.setText("\n".join(f"{who}: {how}" for who, how in side.goes_to))
        self._choose()

    def show_failure(self, why: str) -> None:
        """Show why something was not done, empty to take it away."""
        self.failure.setText(why)
        self.failure.setVisible(bool(why))

    def forget_reason(self) -> None:
        """Forget the reason that was typed."""
        self.reason.clear()

    def _choose(self) -> None:
        side = self._side
        other = side is not None and self.code.currentText() != side.proposed
        said = side is not None and side.closure_says[0].startswith("Confirmed")
        self.reason.setVisible(side is not None and side.may_confirm and (other or said))

    def _confirm(self) -> None:
        if self.confirm.isEnabled():
            self.confirmed.emit(self.code.currentText(), self.reason.text().strip())
