"""One field of a generated form: its label, what it is for, and what is wrong with it beneath."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from relconsole_ui.design.look import Look
from relconsole_ui.design.status import Status
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.connection_form import FieldRow
from relconsole_ui.views.bridge.choice_box import chosen_of, fill_box, narrow_box
from relconsole_ui.views.parts.glyph import StatusGlyph
from relconsole_ui.views.parts.words import Words

LONGEST = 2_000
LABEL = 176
LABEL_DROP = 7
LINE = 20
EDGES = 18

Entry = QLineEdit | QPlainTextEdit | QComboBox


class FormField(QWidget):
    """A field made from its row; ``entered`` is Enter in a line."""

    entered = Signal()
    changed = Signal()

    def __init__(self, look: Look, row: FieldRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = row.name
        self.kind = row.kind
        self.label = label_of(look, row.label)
        self.entry: Entry = _entry_of(look, row)
        self.help = Words(look, TextRole.NOTE, row.help, "t2", wraps=True)
        self.help.setVisible(bool(row.help))
        self.problem = ProblemLine(look)
        self.label.setBuddy(self.entry)
        self._connect()
        below = QVBoxLayout()
        below.setSpacing(look.px(3))
        for part in (self.entry, self.problem, self.help):
            below.addWidget(part)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(look.px(12))
        across.addWidget(self.label)
        across.addLayout(below, 1)
        self.show_problem(row.problem)

    @property
    def text(self) -> str:
        """What stands in it."""
        match self.entry:
            case QLineEdit():
                return self.entry.text()
            case QPlainTextEdit():
                return self.entry.toPlainText()
            case QComboBox():
                return chosen_of(self.entry)

    def show_problem(self, problem: str) -> None:
        """Say what is wrong with it, beneath it and to a screen reader; empty for nothing."""
        self.problem.say(problem)
        self.entry.setAccessibleDescription(
            spoken_text(self.problem.words.text() or self.help.text())
        )

    def _choose(self, _at: int) -> None:
        self.changed.emit()

    def _connect(self) -> None:
        match self.entry:
            case QLineEdit():
                self.entry.returnPressed.connect(self.entered)
                self.entry.textEdited.connect(self.changed)
            case QPlainTextEdit():
                self.entry.textChanged.connect(self.changed)
            case QComboBox():
                self.entry.activated.connect(self._choose)


class ProblemLine(QWidget):
    """What is wrong, with the shape of a warning; it takes no room while nothing is."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.glyph = StatusGlyph(look, 16, Status.WARNING)
        self.words = Words(look, TextRole.BODY, "", "warn", wraps=True)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(look.px(6))
        across.addWidget(self.glyph, 0, Qt.AlignmentFlag.AlignTop)
        across.addWidget(self.words, 1)
        self.hide()

    def say(self, problem: str) -> None:
        """Show what is wrong; empty for nothing."""
        self.words.setText(problem)
        self.setVisible(bool(problem))


def label_of(look: Look, text: str = "") -> Words:
    """Give the label of a field, as wide as those of all others."""
    label = Words(look, TextRole.BODY, text, "t2", wraps=True)
    label.setFixedWidth(look.px(LABEL))
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    label.setContentsMargins(0, look.px(LABEL_DROP), 0, 0)
    return label


def _entry_of(look: Look, row: FieldRow) -> Entry:
    entry: Entry
    if row.choices:
        entry = narrow_box(row.label)
        fill_box(entry, row.choices, row.text)
        return entry
    if row.lines > 1:
        entry = QPlainTextEdit()
        entry.setPlainText(row.text)
        entry.setTabChangesFocus(True)
        entry.setFixedHeight(look.px(LINE * row.lines + EDGES))
    else:
        entry = QLineEdit()
        entry.setMaxLength(LONGEST)
        entry.setText(row.text)
        entry.setReadOnly(row.kind == "fixed")
    entry.setPlaceholderText(row.example)
    entry.setAccessibleName(spoken_text(row.label))
    return entry
