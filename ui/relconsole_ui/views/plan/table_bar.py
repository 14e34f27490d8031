"""The line above the plan table: find, which steps, by what sorted."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.plan_order import Arrangement, Show
from relconsole_ui.presenters.plan_table import COLUMNS, PlanColumn
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.words import Words

LONGEST = 200


class FindField(QLineEdit):
    """What is looked for; Enter goes to the next, Shift Enter to the one before."""

    next_wanted = Signal()
    previous_wanted = Signal()
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go on to what is found, or leave."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F3}:
            event.accept()
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            (self.previous_wanted if back else self.next_wanted).emit()
        elif event.key() in {Qt.Key.Key_Escape, Qt.Key.Key_Down}:
            event.accept()
            self.left.emit()
        else:
            super().keyPressEvent(event)


class TableBar(QWidget):
    """How the table is to be seen; ``changed`` says that it is to be seen otherwise."""

    changed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._is_descending = False
        self.field = FindField()
        self.field.setPlaceholderText("Find")
        self.field.setAccessibleName("Find in the plan")
        self.field.setMaxLength(LONGEST)
        self.field.setClearButtonEnabled(True)
        self.only_found = QCheckBox("Only these")
        self.found = Words(look, TextRole.ROW, "", "t2")
        self.show_box = QComboBox()
        self.show_box.addItems([each.value for each in Show])
        self.show_box.setAccessibleName("Which steps")
        self.sort_box = QComboBox()
        self.sort_box.addItems([column.value for column in COLUMNS])
        self.sort_box.setAccessibleName("Sorted by")
        self.direction = ActionButton(look, "Up", kind="quiet", icon_name="caret-up")
        self._say_direction()
        self.field.textChanged.connect(self.changed)
        self.only_found.toggled.connect(self.changed)
        self.show_box.currentIndexChanged.connect(self.changed)
        self.sort_box.currentIndexChanged.connect(self.changed)
        self.direction.clicked.connect(self.turn)
        self._row = QHBoxLayout(self)
        for part in (self.field, self.only_found, self.found, self.show_box, self.sort_box):
            self._row.addWidget(part)
        self._row.addWidget(self.direction)
        self._follow_look()
        look.changed.connect(self._follow_look)

    @property
    def arrangement(self) -> Arrangement:
        """How the table is to be seen."""
        return Arrangement(
            sort=COLUMNS[self.sort_box.currentIndex()],
            is_descending=self._is_descending,
            show=tuple(Show)[self.show_box.currentIndex()],
            find=self.field.text(),
            only_found=self.only_found.isChecked(),
        )

    def sort_by(self, column: PlanColumn) -> None:
        """Sort by a column, the other way round where it is sorted by that already."""
        at = COLUMNS.index(column)
        if self.sort_box.currentIndex() == at:
            self.turn()
        else:
            self._is_descending = False
            self._say_direction()
            self.sort_box.setCurrentIndex(at)

    def turn(self) -> None:
        """Sort the other way round."""
        self._is_descending = not self._is_descending
        self._say_direction()
        self.changed.emit()

    def plan_order(self) -> None:
        """Show every step in the order of the plan, as one edits it."""
        self._is_descending = False
        self._say_direction()
        self.sort_box.setCurrentIndex(0)
        self.show_box.setCurrentIndex(0)
        self.only_found.setChecked(False)

    def _say_direction(self) -> None:
        self.direction.set_label("Falling" if self._is_descending else "Rising")

    def _follow_look(self) -> None:
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(self._look.px(8))
        self.field.setFixedWidth(self._look.px(220))
