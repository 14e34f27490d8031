"""The line below the plan table while it is edited: what is wrong, what it voids, recording it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.plan_draft import DraftRows, problem_words
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.words import Words


class EditBar(QWidget):
    """What may be done with the draft; ``asked`` gives it by a word."""

    asked = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.insert = self._button("Insert", "Ins", "insert")
        self.delete = self._button("Delete", "Del", "delete")
        self.up = self._button("Move up", "Alt ↑", "up")
        self.down = self._button("Move down", "Alt ↓", "down")
        self.undo = self._button("Undo", "Ctrl Z", "undo")
        self.redo = self._button("Redo", "Ctrl Y", "redo")
        self.record = ActionButton(look, "Record plan", "Ctrl S", "primary")
        self.record.clicked.connect(lambda: self.asked.emit("record"))
        self.leave = self._button("Leave", "", "leave")
        self.next_problem = self._button("Next problem", "F8", "problem")
        self.problems = Words(look, TextRole.BODY, "", "crit", elides=True)
        self.voids = Words(look, TextRole.BODY, "", "t1", wraps=True)
        self.why_not = Words(look, TextRole.ROW, "", "t2")
        self._tools = QHBoxLayout()
        for button in (self.insert, self.delete, self.up, self.down, self.undo, self.redo):
            self._tools.addWidget(button)
        self._tools.addStretch(1)
        self._tools.addWidget(self.why_not)
        self._tools.addWidget(self.record)
        self._tools.addWidget(self.leave)
        self._wrong = QHBoxLayout()
        self._wrong.addWidget(self.problems, 1)
        self._wrong.addWidget(self.next_problem)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.voids)
        self._column.addLayout(self._wrong)
        self._column.addLayout(self._tools)
        self._follow_look()
        look.changed.connect(self._follow_look)

    def show_rows(self, rows: DraftRows) -> None:
        """Show what the draft comes to."""
        said = problem_words(rows.problems, rows.rows)
        more = f", and {len(said) - 1} more" if len(said) > 1 else ""
        self.problems.setText(f"{said[0]}{more}" if said else "")
        for part in (self.problems, self.next_problem):
            part.setVisible(bool(said))
        self.voids.setText(rows.voids)
        self.voids.setVisible(bool(rows.voids))
        self.why_not.setText(rows.why_not)
        self.record.set_possible(rows.may_record, rows.why_not)
        self.undo.set_possible(rows.may_undo, "Nothing was edited")
        self.redo.set_possible(rows.may_redo, "Nothing was undone")

    def _button(self, text: str, key: str, wish: str) -> ActionButton:
        button = ActionButton(self._look, text, key, "quiet")
        button.clicked.connect(lambda: self.asked.emit(wish))
        return button

    def _follow_look(self) -> None:
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(self._look.px(6))
        self._tools.setSpacing(self._look.px(4))
        self._wrong.setSpacing(self._look.px(8))
