"""The bridge log as a table, with what is asked of it above and a note below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QPainter, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.models.log import Index, LogModel
from relconsole_ui.presenters.log import LogRows, LogWish
from relconsole_ui.presenters.problem_form import Choice
from relconsole_ui.views.bridge.cells import Cells
from relconsole_ui.views.bridge.choice_box import chosen_of, fill_box, narrow_box
from relconsole_ui.views.bridge.keys_of import KeysOf
from relconsole_ui.views.bridge.note_line import NoteLine
from relconsole_ui.views.bridge.notice import Notice
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.words import Words

BUTTON = 28
LINE = 26
TIME, WHO = 92, 220
_FORMS = {"csv": "Table (*.csv)", "text": "Text (*.txt)"}


class LogView(Panel):
    """The log; ``wished`` says which lines are asked for.

    ``exported`` gives the form, csv or text, and the file that a person named.
    """

    wished = Signal(object)
    pinned = Signal(int)
    noted = Signal(str)
    exported = Signal(str, str)
    came_up = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Bridge log", parent)
        self.model = LogModel(self)
        self.text = QLineEdit()
        self.text.setPlaceholderText("Find in the log")
        self.text.setAccessibleName("Find in the log")
        self.text.setClearButtonEnabled(True)
        self.kind = narrow_box("Kind")
        self.person = narrow_box("Person")
        self.step = narrow_box("Step")
        self.pin = ActionButton(look, "Pin", "P", height=BUTTON)
        self.save_table = ActionButton(look, "Table", height=BUTTON, icon_name="download-simple")
        self.save_text = ActionButton(look, "Text", height=BUTTON, icon_name="download-simple")
        self.save_table.setAccessibleDescription("Save the lines that are shown as a table")
        self.save_text.setAccessibleDescription("Save the lines that are shown as text")
        self.table = QTableView()
        self.empty = Words(look, TextRole.BODY, "", "t2")
        self.note_line = NoteLine(look)
        self.notice = Notice(look)
        self._dialog: QFileDialog | None = None
        self._form = "csv"
        self._set_up_table()
        self._lay_out()
        self.text.textChanged.connect(self._wish)
        for box in (self.kind, self.person, self.step):
            box.activated.connect(self._wish)
        self.pin.clicked.connect(self.pin_selected)
        self.save_table.clicked.connect(lambda: self.ask_file("csv"))
        self.save_text.clicked.connect(lambda: self.ask_file("text"))
        self.note_line.given.connect(self.noted)
        self.note_line.left.connect(self.leave_note)
        self.table.selectionModel().currentRowChanged.connect(self._follow_selection)
        self._keys = KeysOf(self.table, {Qt.Key.Key_P: self.pin_selected})
        look.changed.connect(self._follow_log_look)
        self._follow_log_look()

    def show_rows(self, rows: LogRows) -> None:
        """Show the lines; one that stands at the end stays in sight."""
        bar = self.table.verticalScrollBar()
        was_at_end = bar.value() >= bar.maximum()
        self.model.show_rows(rows.rows)
        self.set_note(rows.note)
        self.empty.setText(rows.empty)
        self.empty.setVisible(bool(rows.empty))
        _offer(self.kind, rows.kinds)
        _offer(self.person, rows.people)
        _offer(self.step, rows.steps)
        self._follow_selection()
        if was_at_end:
            self.table.scrollToBottom()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the lines that were recorded while nobody looked."""
        super().showEvent(event)
        self.came_up.emit()

    @property
    def wish(self) -> LogWish:
        """Which lines are asked for."""
        return LogWish(
            text=self.text.text(),
            kind=chosen_of(self.kind),
            person=chosen_of(self.person),
            step=chosen_of(self.step),
        )

    @property
    def shown_keys(self) -> Sequence[int]:
        """The places in the record of the lines that are shown."""
        return [row.key for row in self.model.rows]

    def ask_note(self) -> None:
        """Ask for a note in the log."""
        self.notice.say("")
        self.note_line.setVisible(True)
        self.note_line.ask("Note in the log", "Note")

    def leave_note(self) -> None:
        """Go back from the line for the note."""
        self.notice.say("")
        self.note_line.setVisible(False)

    def look_for(self) -> None:
        """Take the keyboard into the field for what is looked for."""
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.text.selectAll()

    def pin_selected(self) -> None:
        """Pin the selected line above the others, or let it go."""
        at = self.table.currentIndex().row()
        if at >= 0:
            self.pinned.emit(self.model.rows[at].key)

    def select(self, key: int) -> None:
        """Stand on a line, where it is shown."""
        at = self.model.row_of(key)
        if at >= 0:
            flags = QItemSelectionModel.SelectionFlag
            how = flags.ClearAndSelect | flags.Rows
            self.table.selectionModel().setCurrentIndex(self.model.index(at, 0), how)

    def ask_file(self, form: str) -> None:
        """Ask for the file to save to, beside everything else."""
        dialog = QFileDialog(self, "Save the log", "", _FORMS[form])
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv" if form == "csv" else "txt")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setModal(False)
        dialog.fileSelected.connect(self._export)
        self._form = form
        self._dialog = dialog
        dialog.show()

    def show_failure(self, words: str) -> None:
        """Say why something was not done."""
        self.notice.say(words)

    def _export(self, name: str) -> None:
        self.exported.emit(self._form, name)

    def _wish(self) -> None:
        self.wished.emit(self.wish)

    def _follow_selection(self) -> None:
        at = self.table.currentIndex().row()
        is_on_one = 0 <= at < len(self.model.rows)
        self.pin.set_possible(is_on_one, "Choose a line.")
        is_pinned = is_on_one and self.model.rows[at].is_pinned
        self.pin.set_label("Let go" if is_pinned else "Pin")

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setItemDelegate(_LineDelegate(self._look, self.model, table))
        table.setAccessibleName("Bridge log")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = table.horizontalHeader()
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def _lay_out(self) -> None:
        self._asks = QHBoxLayout()
        self._asks.addWidget(self.text, 2)
        for box in (self.kind, self.person, self.step):
            self._asks.addWidget(box, 1)
        for button in (self.pin, self.save_table, self.save_text):
            self.head.addWidget(button)
        self.body.addLayout(self._asks)
        self.body.addWidget(self.empty)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.notice)
        self.body.addWidget(self.note_line)
        self.note_line.setVisible(False)

    def _follow_log_look(self) -> None:
        look = self._look
        self._asks.setSpacing(look.px(8))
        self.table.verticalHeader().setDefaultSectionSize(look.px(LINE))
        self.table.setColumnWidth(0, look.px(TIME))
        self.table.setColumnWidth(1, look.px(WHO))
        self.table.viewport().update()


class _LineDelegate(QStyledItemDelegate):
    """Paints a cell of a line: the words in full ink, time and person quieter."""

    def __init__(self, look: Look, model: LogModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, row = self._look, self._model.rows[index.row()]
        painter.save()
        painter.setLayoutDirection(option.direction)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, look.colour("bg3"))
        elif row.is_pinned:
            painter.fillRect(option.rect, look.colour("bg2"))
        rect = option.rect.toRectF()
        cells = Cells(look, painter, rect, before=8, after=8)
        is_words = index.column() == len(row.cells) - 1
        strong = row.is_pinned or is_words
        role = TextRole.BODY if strong else TextRole.ROW
        ink = "t1" if strong else "t2"
        paint_text(painter, look, cells.rest, row.cells[index.column()], role, ink)
        painter.restore()


def _offer(box: QComboBox, choices: Sequence[Choice]) -> None:
    if [str(box.itemData(at)) for at in range(box.count())] != [each.key for each in choices]:
        fill_box(box, choices, chosen_of(box))
