"""The form that opens a problem, in the place of the panel, with everything else in sight."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.problem_form import ProblemForm, ProblemWords
from relconsole_ui.views.bridge.choice_box import chosen_of, fill_box, narrow_box
from relconsole_ui.views.bridge.notice import Notice
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.scrolled import scrolled
from relconsole_ui.views.parts.words import Words

BUTTON = 32
LONGEST = 400


class ProblemFormView(QWidget):
    """Asks what the problem is; ``given`` hands on what was written, ``left`` is Esc."""

    given = Signal(object)
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.what = self._field("What is wrong")
        self.severity = narrow_box("Severity")
        self.about = narrow_box("Step or service")
        self.owner = narrow_box("Owner")
        self.next_word = self._field("Next word due", "02:30")
        self.incident = self._field("Incident")
        self.question = self._field("Question to decide", "none")
        self.options = self._field("Options", "one: what follows; another")
        self.decides = narrow_box("Decides")
        self.decide_by = self._field("Decide by", "02:32")
        self.otherwise = narrow_box("If nobody decides")
        self.notice = Notice(look)
        self.open = ActionButton(look, "Open problem", "Enter", "primary", height=BUTTON)
        self.leave = ActionButton(look, "Leave", "Esc", "quiet", height=BUTTON)
        self.open.clicked.connect(self._give)
        self.leave.clicked.connect(self.left)
        self._lay_out()

    def ask(self, form: ProblemForm) -> None:
        """Begin a new problem."""
        for field in (self.what, self.next_word, self.incident, self.question, self.options):
            field.clear()
        self.notice.say("")
        fill_box(self.severity, form.severities, form.severity)
        fill_box(self.about, form.about, form.first_about)
        fill_box(self.owner, form.people, "")
        fill_box(self.decides, form.people, form.decides)
        fill_box(self.otherwise, form.otherwise, "")
        self.decide_by.setText(form.decide_by)
        self.what.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave by Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _give(self) -> None:
        self.given.emit(
            ProblemWords(
                what=self.what.text(),
                severity=chosen_of(self.severity),
                about=chosen_of(self.about),
                owner=chosen_of(self.owner),
                next_word=self.next_word.text(),
                incident=self.incident.text(),
                question=self.question.text(),
                options=self.options.text(),
                decides=chosen_of(self.decides),
                decide_by=self.decide_by.text(),
                otherwise=chosen_of(self.otherwise),
            )
        )

    def _field(self, name: str, example: str = "") -> QLineEdit:
        field = QLineEdit()
        field.setMaxLength(LONGEST)
        field.setAccessibleName(spoken_text(name))
        field.setPlaceholderText(example)
        field.returnPressed.connect(self._give)
        return field

    def _lay_out(self) -> None:
        px = self._look.px
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, px(8), 0)
        grid.setVerticalSpacing(px(6))
        grid.setHorizontalSpacing(px(10))
        grid.setColumnStretch(1, 1)
        for line, (name, field) in enumerate(self._fields()):
            label = Words(self._look, TextRole.ROW, name, "t2")
            label.setBuddy(field)
            grid.addWidget(label, line, 0)
            grid.addWidget(field, line, 1)
        area = scrolled(inner)
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        buttons.addWidget(self.open)
        buttons.addWidget(self.leave)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(6))
        column.addWidget(area, 1)
        column.addWidget(self.notice)
        column.addLayout(buttons)

    def _fields(self) -> Sequence[tuple[str, QLineEdit | QComboBox]]:
        return (
            ("What", self.what),
            ("Severity", self.severity),
            ("About", self.about),
            ("Owner", self.owner),
            ("Next word", self.next_word),
            ("Incident", self.incident),
            ("Question", self.question),
            ("Options", self.options),
            ("Decides", self.decides),
            ("Decide by", self.decide_by),
            ("Otherwise", self.otherwise),
        )
