"""The side form of an amendment: chosen, typed, weighed, signed where it must be, recorded."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.amend_effect import AmendEffectRows
from relconsole_ui.presenters.amend_form import (
    AmendAct,
    AmendDraft,
    AmendField,
    AmendFormRows,
    FieldRow,
)
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.words import Words
from relconsole_ui.views.plan.effect_list import EffectList
from relconsole_ui.views.rollback.two_people import TwoPeople

SETTLES_MS: Final = 400
"""How long nobody types before it is worked out what was typed."""

LONGEST: Final = 500


class AmendForm(Panel):
    """Asks for an amendment; ``chosen`` says that another act or step was, ``settled`` a draft.

    ``record_wanted``, ``ask_wanted`` and ``left`` are what is done with it.
    """

    chosen = Signal()
    settled = Signal()
    record_wanted = Signal()
    ask_wanted = Signal()
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Amend the plan", parent)
        self.setObjectName("amend-form")
        self._is_showing = False
        self._typed: dict[AmendField, QLineEdit | QComboBox] = {}
        self._shown: tuple[AmendAct, str] | None = None
        self.act = QComboBox()
        self.act.addItems([each.value for each in AmendAct])
        self.act.setAccessibleName("What to do")
        self.step = QComboBox()
        self.step.setAccessibleName("Step")
        self.reason = QLineEdit()
        self.reason.setMaxLength(LONGEST)
        self.reason.setPlaceholderText("Why, for the record")
        self.reason.setAccessibleName("Reason")
        self.says = Words(look, TextRole.BODY, "", "t2", wraps=True)
        self.notice = Words(look, TextRole.BODY, "", "crit", wraps=True)
        self.effect = EffectList(look)
        self.people = TwoPeople(look)
        self.why_not = Words(look, TextRole.ROW, "", "t2", wraps=True)
        self.ask = ActionButton(look, "Ask a second person")
        self.record = ActionButton(look, "Record amendment", "Ctrl Enter", "primary")
        self.leave = ActionButton(look, "Leave", "Esc", "quiet")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLES_MS)
        self._fields = QFormLayout()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        px = self._look.px
        self._fields.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._fields.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._fields.setContentsMargins(0, 0, 0, 0)
        self._fields.setVerticalSpacing(px(6))
        self._fields.addRow(self._label("Do"), self.act)
        self._step_label = self._label("Step")
        self._fields.addRow(self._step_label, self.step)
        self._reason_label = self._label("Reason")
        self._fields.addRow(self._reason_label, self.reason)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addLayout(self._fields)
        for part in (self.says, self.effect, self.people, self.notice):
            column.addWidget(part)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        self.body.addWidget(area, 1)
        self.body.addWidget(self.why_not)
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        for button in (self.record, self.ask, self.leave):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.body.addLayout(buttons)
        self.people.hide()
        self.notice.hide()
        self.ask.hide()

    def _connect(self) -> None:
        self.act.currentIndexChanged.connect(self._choose)
        self.step.currentIndexChanged.connect(self._choose)
        self.reason.textChanged.connect(self._type)
        self._timer.timeout.connect(self.settled)
        self.record.clicked.connect(self.record_wanted)
        self.ask.clicked.connect(self.ask_wanted)
        self.leave.clicked.connect(self.left)

    @property
    def draft(self) -> AmendDraft:
        """What was chosen and typed."""
        texts = {name: _text(each) for name, each in self._typed.items()}
        return AmendDraft(
            act=tuple(AmendAct)[self.act.currentIndex()],
            step=str(self.step.currentData() or ""),
            texts={**texts, AmendField.REASON: self.reason.text()},
        )

    def show_form(self, rows: AmendFormRows) -> None:
        """Show the form; what was typed stays while act and step do."""
        self._is_showing = True
        self.act.setCurrentIndex(tuple(AmendAct).index(rows.act))
        wanted = [(each.step, each.text) for each in rows.steps]
        now = [(self.step.itemData(at), self.step.itemText(at)) for at in range(self.step.count())]
        if wanted != now:
            self.step.clear()
            for step, text in wanted:
                self.step.addItem(text, step)
        self.step.setCurrentIndex(max(0, self.step.findData(rows.step)) if wanted else -1)
        for part in (self.step, self._step_label):
            part.setVisible(bool(wanted))
        if self._shown != (rows.act, rows.step):
            self._shown = (rows.act, rows.step)
            self._make_fields(rows.fields)
        can = not rows.why_not
        for widget in (self.reason, self._reason_label):
            widget.setVisible(can)
        if rows.why_not:
            self.says.setText(rows.why_not)
        self._is_showing = False

    def show_effect(self, rows: AmendEffectRows) -> None:
        """Show what it would do, or what is still missing."""
        self.effect.show_rows(rows.rows)
        self.effect.setVisible(bool(rows.rows))
        self.says.setText(rows.says)
        self.says.setVisible(bool(rows.says))
        self.notice.setText(rows.notice)
        self.notice.setVisible(bool(rows.notice))
        self.why_not.setText("" if rows.says else rows.why_not)
        self.why_not.setVisible(bool(rows.why_not) and not rows.says)
        self.record.set_possible(rows.may_record, rows.why_not)
        self.ask.setVisible(rows.may_ask)
        if rows.people is not None:
            self.people.show_rows(rows.people)
        self.people.setVisible(rows.people is not None)

    def sizeHint(self) -> QSize:
        """Give room for the fields and what the amendment does."""
        return QSize(self._look.px(480), self._look.px(720))

    def open(self) -> None:
        """Come into sight with the keyboard on the first choice."""
        self.show()
        self.act.setFocus()

    def clear(self) -> None:
        """Forget what was typed."""
        self._timer.stop()
        self._shown = None
        self.reason.clear()
        self.people.forget()

    def _make_fields(self, rows: Sequence[FieldRow]) -> None:
        """Put the fields of another act in their place."""
        for widget in self._typed.values():
            self._fields.removeRow(widget)
        self._typed = {}
        for at, row in enumerate(rows, 2):
            widget = _field(row)
            if isinstance(widget, QComboBox):
                widget.currentTextChanged.connect(self._type)
            else:
                widget.textChanged.connect(self._type)
            self._typed[row.field] = widget
            self._fields.insertRow(at, self._label(row.field.value), widget)
        order = (self.act, self.step, *self._typed.values(), self.reason)
        for one, other in pairwise(order):
            self.setTabOrder(one, other)

    def _label(self, text: str) -> Words:
        return Words(self._look, TextRole.BODY, text, "t2")

    def _choose(self) -> None:
        if not self._is_showing:
            self.chosen.emit()
            self._timer.start()

    def _type(self) -> None:
        if not self._is_showing:
            self._timer.start()

    def event(self, event: QEvent) -> bool:
        """Keep the key that records from the actions of the window."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and _is_record(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Record, or leave."""
        if _is_record(event):
            event.accept()
            if self.record.isEnabled():
                self.record_wanted.emit()
        elif event.key() == Qt.Key.Key_Escape:
            event.accept()
            self.left.emit()
        else:
            super().keyPressEvent(event)


def _is_record(event: QKeyEvent) -> bool:
    is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
    return is_enter and event.modifiers() == Qt.KeyboardModifier.ControlModifier


def _field(row: FieldRow) -> QLineEdit | QComboBox:
    """Give what a field is typed into."""
    if row.field is AmendField.KIND:
        box = QComboBox()
        box.addItems(list(row.choices))
        box.setCurrentText(row.text)
        box.setAccessibleName(spoken_text(row.field.value))
        return box
    line = QLineEdit(row.text)
    line.setMaxLength(LONGEST)
    line.setPlaceholderText(row.hint)
    line.setAccessibleName(spoken_text(row.field.value))
    line.setAccessibleDescription(spoken_text(row.hint))
    if row.choices:
        known = QCompleter(list(row.choices), line)
        known.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        known.setFilterMode(Qt.MatchFlag.MatchContains)
        line.setCompleter(known)
    return line


def _text(widget: QLineEdit | QComboBox) -> str:
    return widget.currentText() if isinstance(widget, QComboBox) else widget.text()
