"""The plan table: find, sort and filter, the grid, and the bar of its editing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import GUTTER, TextRole
from relconsole_ui.models.plan_table import PlanModel
from relconsole_ui.presenters.plan_cells import EDITABLE
from relconsole_ui.presenters.plan_draft import DraftRows
from relconsole_ui.presenters.plan_order import Arrangement, arrange, found_keys, found_words
from relconsole_ui.presenters.plan_table import PlanColumn, PlanRow, PlanTableRows
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.words import Words
from relconsole_ui.views.plan.edit_bar import EditBar
from relconsole_ui.views.plan.grid import PlanGrid
from relconsole_ui.views.plan.table_bar import TableBar


class PlanTable(QWidget):
    """The whole table; ``asked`` gives what is wanted of it by a word, ``opened`` a step.

    ``typed`` gives step, column and text, ``looked_at`` whether anybody sees the table.
    """

    opened = Signal(str)
    asked = Signal(str)
    typed = Signal(str, str, str)
    looked_at = Signal(bool)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._all: Sequence[PlanRow] = ()
        self.setObjectName("plan-table")
        self.setAccessibleName("Plan table")
        self.model = PlanModel(self)
        self.bar = TableBar(look)
        self.grid = PlanGrid(look, self.model)
        self.note = Words(look, TextRole.ROW, "", "t2")
        self.copy = ActionButton(look, "Copy", "Ctrl C", "quiet", icon_name="copy")
        self.save = ActionButton(look, "Save as CSV", kind="quiet", icon_name="download-simple")
        self.edit = ActionButton(look, "Edit plan", "F2")
        self.amend = ActionButton(look, "Amend plan", "Ctrl E")
        self.says = Words(look, TextRole.BODY, "", "t1", wraps=True)
        self.empty = Words(look, TextRole.BODY, "", "t2", wraps=True)
        self.edits = EditBar(look)
        self._lay_out()
        self._connect()
        self.show_message("")
        self.edits.hide()
        look.changed.connect(self._follow_look)

    def _lay_out(self) -> None:
        self._head = QHBoxLayout()
        self._head.addWidget(self.bar)
        self._head.addStretch(1)
        for part in (self.note, self.copy, self.save, self.edit, self.amend):
            self._head.addWidget(part)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._head)
        self._column.addWidget(self.says)
        self._column.addWidget(self.empty)
        self._column.addWidget(self.grid, 1)
        self._column.addWidget(self.edits)
        self._follow_look()

    def _connect(self) -> None:
        self.bar.changed.connect(self._arrange)
        self.bar.field.next_wanted.connect(lambda: self.asked.emit("next"))
        self.bar.field.previous_wanted.connect(lambda: self.asked.emit("previous"))
        self.bar.field.left.connect(self.grid.setFocus)
        self.grid.asked.connect(self.asked)
        self.grid.opened.connect(self.opened)
        self.grid.sort_wanted.connect(self._sort)
        self.model.edited.connect(self.typed)
        self.edits.asked.connect(self.asked)
        for button, wish in (
            (self.copy, "copy"),
            (self.save, "save"),
            (self.edit, "edit"),
            (self.amend, "amend"),
        ):
            button.clicked.connect(lambda _checked=False, word=wish: self.asked.emit(word))

    @property
    def arrangement(self) -> Arrangement:
        """How a person wants to see it."""
        return self.bar.arrangement

    @property
    def rows(self) -> tuple[PlanRow, ...]:
        """The rows as they are shown."""
        return self.model.rows

    def show_rows(self, rows: PlanTableRows) -> None:
        """Show the plan as it stands."""
        self._leave_editing()
        self._all = rows.rows
        self.note.setText(rows.note)
        self.grid.show_run(rows.has_run)
        self.edit.setVisible(not rows.amends)
        self.amend.setVisible(rows.amends)
        self.edit.set_possible(not rows.why_not, rows.why_not)
        self.empty.setText(rows.empty)
        self.empty.setVisible(bool(rows.empty))
        self._arrange()

    def show_draft(self, rows: DraftRows) -> None:
        """Show the plan as it is edited, in the order of the plan."""
        if not self.grid.is_editing:
            self.bar.plan_order()
            self.bar.setEnabled(False)
            self.grid.mark_found(frozenset())
            self.grid.show_run(False)
            self.model.set_editable(frozenset(EDITABLE))
            self.grid.let_edit(True)
        self._all = rows.rows
        self.note.setText(rows.note)
        for button in (self.edit, self.amend):
            button.hide()
        self.empty.hide()
        self.edits.show()
        self.edits.show_rows(rows)
        self.model.show_rows(rows.rows)

    def offer(self, column: PlanColumn, choices: tuple[str, ...]) -> None:
        """Offer these while a cell of a column is typed into."""
        self.grid.choices[column] = choices

    def show_message(self, text: str, *, is_wrong: bool = False) -> None:
        """Say something above the table; empty to take it away."""
        self.says.show_words(text, "crit" if is_wrong else "t1")
        self.says.setVisible(bool(text))

    def look_for(self) -> None:
        """Let a person type what they look for."""
        self.bar.field.setFocus()
        self.bar.field.selectAll()

    def _sort(self, column: str) -> None:
        self.bar.sort_by(PlanColumn(column))

    def _leave_editing(self) -> None:
        if self.grid.is_editing:
            self.grid.let_edit(False)
            self.model.set_editable(frozenset())
            self.bar.setEnabled(True)
            self.edits.hide()

    def _arrange(self) -> None:
        wanted = self.bar.arrangement
        self.bar.found.setText(found_words(self._all, wanted.find))
        self.grid.mark_found(found_keys(self._all, wanted.find))
        self.grid.show_sort(wanted.sort, wanted.is_descending)
        self.model.show_rows(arrange(self._all, wanted))

    def sizeHint(self) -> QSize:
        """Give room for the bar and ten rows."""
        return QSize(self._look.px(1200), self._look.px(420))

    def event(self, event: QEvent) -> bool:
        """Keep the keys of editing from the actions of the window."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._wish(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo, redo, record, and edit by key."""
        wish = self._wish(event)
        if wish:
            event.accept()
            self.asked.emit(wish)
        else:
            super().keyPressEvent(event)

    def _wish(self, event: QKeyEvent) -> str:
        """Give what a key asks of the table; empty where it is not for it."""
        if not self.grid.is_editing:
            is_edit = event.key() == Qt.Key.Key_F2 and self.edit.isVisible()
            return "edit" if is_edit and self.edit.isEnabled() else ""
        keys = QKeySequence.StandardKey
        for key, wish in ((keys.Undo, "undo"), (keys.Save, "record")):
            if event.matches(key):
                return wish
        is_y = event.key() == Qt.Key.Key_Y and (
            event.modifiers() == Qt.KeyboardModifier.ControlModifier
        )
        if is_y or event.matches(keys.Redo):
            return "redo"
        return "problem" if event.key() == Qt.Key.Key_F8 else ""

    def showEvent(self, event: QShowEvent) -> None:
        """Say that the table is seen."""
        super().showEvent(event)
        self.looked_at.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Say that nobody sees the table."""
        super().hideEvent(event)
        self.looked_at.emit(False)

    def _follow_look(self) -> None:
        gutter = self._look.px(GUTTER)
        self._column.setContentsMargins(gutter, gutter, gutter, gutter)
        self._column.setSpacing(self._look.px(8))
        self._head.setSpacing(self._look.px(8))
