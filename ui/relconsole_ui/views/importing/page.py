"""The page on which a workbook becomes a plan: nothing is taken in until somebody says so."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import GUTTER, TextRole
from relconsole_ui.presenters.importing import ImportRows
from relconsole_ui.views.importing.asks import AsksPanel
from relconsole_ui.views.importing.columns import ColumnsPanel
from relconsole_ui.views.importing.preview import PreviewTable
from relconsole_ui.views.importing.stages import StagesRow
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.words import Words

EMPTY: Final = (
    "A runbook kept in a spreadsheet becomes a plan. Nothing is taken in until you say so."
)


class ImportPage(QWidget):
    """The page; ``file_wanted`` asks for a file, ``take_wanted`` takes the plan in.

    ``example_wanted`` opens the runbook that comes along, for whoever has none at hand.
    """

    file_wanted = Signal()
    example_wanted = Signal()
    take_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setAccessibleName("Import")
        self.stages = StagesRow(look)
        self.file = Words(look, TextRole.BODY_STRONG, EMPTY, elides=True)
        self.choose = ActionButton(look, "Choose a file", "Ctrl O", icon_name="file-xls")
        self.example = ActionButton(look, "Open the example", kind="quiet")
        self.why = Words(look, TextRole.BODY)
        self.take = ActionButton(look, "Take in", "Ctrl Enter", "primary")
        self.says = Words(look, TextRole.BODY_STRONG, "", wraps=True)
        self.columns = ColumnsPanel(look)
        self.asks = AsksPanel(look)
        self.preview = PreviewTable(look)
        self.below = Panel(look, "Preview, as it will be taken in")
        self.below.body.addWidget(self.preview, 1)
        self.choose.clicked.connect(self.file_wanted)
        self.example.clicked.connect(self.example_wanted)
        self.take.clicked.connect(self.take_wanted)
        self._lay_out()
        self._follow_look()
        look.changed.connect(self._follow_look)
        self.show_message("")
        self.show_nothing()

    def _lay_out(self) -> None:
        self._top = QHBoxLayout()
        self._top.addWidget(self.stages)
        self._top.addWidget(self.file, 1)
        self._top.addWidget(self.example)
        self._top.addWidget(self.choose)
        self._top.addWidget(self.why)
        self._top.addWidget(self.take)
        self._middle = QHBoxLayout()
        self._middle.addWidget(self.columns, 45)
        self._middle.addWidget(self.asks, 55)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._top)
        self._column.addWidget(self.says)
        self._column.addLayout(self._middle, 1)
        self._column.addWidget(self.below, 1)

    def show_nothing(self) -> None:
        """Show that no file was chosen yet."""
        self.file.setText(EMPTY)
        for part in (self.stages, self.why, self.take, self.columns, self.asks, self.below):
            part.hide()
        self._column.addStretch(0)

    def show_rows(self, rows: ImportRows) -> None:
        """Show a workbook and what is open of it."""
        self.stages.show_rows(rows.stages)
        self.file.setText(rows.file)
        self.columns.show_import(rows)
        was_asked = self.asks.has_keyboard
        self.asks.show_import(rows)
        self.preview.rows.show_rows(rows.preview)
        self.below.set_note(f"{rows.preview_note} · {rows.difference}")
        self.why.setText(rows.why_not)
        self.why.setVisible(bool(rows.why_not))
        self.take.set_label(rows.take)
        self.take.set_possible(not rows.why_not, rows.why_not)
        for part in (self.stages, self.take, self.columns, self.asks, self.below):
            part.show()
        self._move_keyboard(was_asked=was_asked)
        self.example.hide()

    def _move_keyboard(self, *, was_asked: bool) -> None:
        """Bring the keyboard from the file to the first question, and from the last to the end."""
        if not self.isVisible():
            return
        stands_on_file = self.window().focusWidget() in {self.choose, self.example}
        if self.asks.cards and stands_on_file:
            self.asks.go_to(0)
        elif not self.asks.cards and self.take.isEnabled() and (was_asked or stands_on_file):
            self.take.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_message(self, text: str, *, is_wrong: bool = False) -> None:
        """Say something above the panels; empty to take it away."""
        self.says.show_words(text, "crit" if is_wrong else "t1")
        self.says.setVisible(bool(text))

    def showEvent(self, event: QShowEvent) -> None:
        """Give the keyboard to the button, where there is nothing else yet."""
        super().showEvent(event)
        if self.stages.isHidden():
            self.choose.setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        """Keep Ctrl Enter for taking in; elsewhere in the window it opens the night."""
        is_asked = event.type() == QEvent.Type.ShortcutOverride
        if is_asked and isinstance(event, QKeyEvent) and _is_take_in(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a file, go to the next question, or take in, by key."""
        is_control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if is_control and event.key() == Qt.Key.Key_O:
            self.file_wanted.emit()
        elif _is_take_in(event):
            if self.take.isEnabled() and not event.isAutoRepeat():
                self.take_wanted.emit()
        elif event.key() == Qt.Key.Key_F8:
            self.asks.go_on()
        else:
            super().keyPressEvent(event)

    def _follow_look(self) -> None:
        px = self._look.px
        self._column.setContentsMargins(px(GUTTER), px(GUTTER), px(GUTTER), px(GUTTER))
        for layout in (self._column, self._middle, self._top):
            layout.setSpacing(px(GUTTER))


def _is_take_in(event: QKeyEvent) -> bool:
    """Tell whether a key is Ctrl Enter, of whichever Enter."""
    wanted = Qt.KeyboardModifier.ControlModifier
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return held == wanted and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
