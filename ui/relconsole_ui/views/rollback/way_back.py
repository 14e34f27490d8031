"""A fired rollback on its sheet: the steps as they run, what people must do, and the page after."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.after_rollback import StatusLine, StatusSection
from relconsole_ui.presenters.way_back import Repair, RepairRow, WayBackRows
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.words import Words
from relconsole_ui.views.rollback.frame import SectionHead, SheetFrame
from relconsole_ui.views.rollback.lists import repair_list, status_list, undo_list
from relconsole_ui.views.rollback.relief import ReliefPanel
from relconsole_ui.views.rollback.totals import TotalForm

LONGEST_NOTE: Final = 500
BECAME: Final = (("succeeded", "It ran well"), ("failed", "It failed"), ("", "It never happened"))
"""What may have become of a job, as it is recorded and as a person says it."""


class RepairForm(QWidget):
    """What became of a job, or that a step is repeated; always with a note."""

    settled = Signal(str, str, str)
    repeated = Signal(str, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: RepairRow | None = None
        self.became = QComboBox()
        self.became.setAccessibleName("What became of it")
        for word, says in BECAME:
            self.became.addItem(says, word)
        self.note = QLineEdit()
        self.note.setMaxLength(LONGEST_NOTE)
        self.note.setPlaceholderText("How this is known")
        self.note.setAccessibleName("How this is known")
        self.note.returnPressed.connect(self._send)
        self.record = ActionButton(look, "Record", "Enter", "primary")
        self.record.clicked.connect(self._send)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.px(8))
        row.addWidget(self.became)
        row.addWidget(self.note, 1)
        row.addWidget(self.record)

    def show_row(self, row: RepairRow | None) -> None:
        """Ask about this one, about nothing where it needs no word of a person."""
        if self._row is not None and (row is None or row.key != self._row.key):
            self.note.setText("")
        self._row = row
        kinds = {Repair.SETTLE, Repair.REPEAT}
        self.setVisible(row is not None and row.repair in kinds)
        if row is not None:
            self.became.setVisible(row.repair is Repair.SETTLE)
            label = "Record" if row.repair is Repair.SETTLE else "Repeat step"
            if self.record.label != label:
                self.record.set_label(label)

    def _send(self) -> None:
        note = self.note.text().strip()
        if self._row is None or not note:
            return
        if self._row.repair is Repair.SETTLE:
            self.settled.emit(self._row.thing, str(self.became.currentData()), note)
        else:
            self.repeated.emit(self._row.thing, note)
        self.note.setText("")


class SectionView(QWidget):
    """Lines under one heading, or the words for none."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.head = SectionHead(look, "")
        self.lines = status_list(look, "")
        self.empty = Words(look, TextRole.BODY, "", "t2", elides=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(4))
        for part in (self.head, self.lines, self.empty):
            column.addWidget(part)

    def show_section(self, section: StatusSection) -> None:
        """Show this section."""
        self.head.title.setText(section.heading)
        self.lines.setAccessibleName(spoken_text(section.heading))
        self.lines.show_rows(_numbered(section.lines))
        self.lines.setVisible(bool(section.lines))
        self.empty.setText(section.empty)
        self.empty.setVisible(not section.lines)


def _numbered(lines: tuple[StatusLine, ...]) -> tuple[StatusLine, ...]:
    """Give the lines once each: two that say the same are one."""
    return tuple(dict.fromkeys(lines))


class WayBackSheet(SheetFrame):
    """The fired rollback: running, stopped, partly back, or back with its status page.

    Emits ``stop_wanted``, ``go_on_wanted`` and ``left``; ``settled`` gives effect, outcome and
    note, ``repeated`` step and note, ``total_closed`` total, owner, cause and correction.
    """

    stop_wanted = Signal()
    go_on_wanted = Signal()
    left = Signal()
    settled = Signal(str, str, str)
    repeated = Signal(str, str)
    total_closed = Signal(str, str, str, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "arrow-counter-clockwise", parent)
        self._shown: WayBackRows | None = None
        self.stopped = Words(look, TextRole.BODY_STRONG, "", "t1", wraps=True)
        self.notice = Words(look, TextRole.BODY_STRONG, "", "crit", wraps=True)
        self.repairs_head = SectionHead(look, "For people to do")
        self.repairs = repair_list(look, "For people to do")
        self.repair = RepairForm(look)
        self.totals_head = SectionHead(look, "Control totals that differ")
        self.totals = TotalForm(look)
        self.steps_head = SectionHead(look, "Steps of the way back")
        self.steps = undo_list(look, "Steps of the way back")
        self._sections: list[SectionView] = []
        self._pages = QVBoxLayout()
        self.relief = ReliefPanel(look)
        for part in (
            self.relief,
            self.notice,
            self.stopped,
            self.repairs_head,
            self.repairs,
            self.repair,
            self.totals_head,
            self.totals,
            self.steps_head,
            self.steps,
        ):
            self.body.addWidget(part)
        self.body.addLayout(self._pages)
        self.body.addStretch(1)
        self.note = Words(look, TextRole.ROW, "", "t2", elides=True)
        self.stop = ActionButton(look, "Stop the line", "Ctrl Shift S", icon_name="hand-palm")
        self.go_on = ActionButton(look, "Go on with the rollback", kind="primary")
        self.close_button = ActionButton(look, "Close", "Esc", "quiet")
        buttons = QHBoxLayout()
        for button in (self.stop, self.go_on, self.close_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.foot.addWidget(self.note)
        self.foot.addLayout(buttons)
        self.stop.clicked.connect(self.stop_wanted)
        self.go_on.clicked.connect(self.go_on_wanted)
        self.relief.asked.connect(lambda: self.bring_into_sight(self.relief.reason))
        self.close_button.clicked.connect(self.left)
        self.repairs.chosen.connect(self._choose)
        self.repair.settled.connect(self.settled)
        self.repair.repeated.connect(self.repeated)
        self.totals.closed.connect(self.total_closed)

    def show_rows(self, rows: WayBackRows, sections: tuple[StatusSection, ...]) -> None:
        """Show how far the rollback has come, and the status page."""
        self._shown = rows
        self.set_tone("line" if rows.is_back else "crit", "bg2" if rows.is_back else "crit_bg")
        self.title.setText(rows.title)
        self.aside.setText(rows.progress)
        self.setAccessibleName(spoken_text(rows.title))
        self.setAccessibleDescription(spoken_text(rows.sentence))
        self.note.setText(rows.note)
        self._show_text(self.stopped, rows.stopped)
        self._show_text(self.notice, rows.notice)
        self.repairs.show_rows(rows.repairs)
        self._show_parts(bool(rows.repairs), self.repairs_head, self.repairs)
        if rows.repairs and not self.repairs.selected:
            self.repairs.select(rows.repairs[0].key)
        self._choose(self.repairs.selected)
        self.totals_head.setVisible(bool(rows.totals))
        self.totals.show_rows(rows.totals)
        self.steps.show_rows(rows.steps)
        self._show_parts(bool(rows.steps), self.steps_head, self.steps)
        self.stop.setVisible(rows.can_stop)
        self.go_on.setVisible(rows.can_go_on)
        self._show_sections(sections)

    def open(self) -> None:
        """Come into sight with the focus."""
        self.show()
        self.raise_()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Esc close the sheet; the rollback goes on."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _choose(self, key: str) -> None:
        rows = () if self._shown is None else self._shown.repairs
        self.repair.show_row(next((row for row in rows if row.key == key), None))

    def _show_parts(self, is_shown: bool, *parts: QWidget) -> None:
        for part in parts:
            part.setVisible(is_shown)

    def _show_sections(self, sections: tuple[StatusSection, ...]) -> None:
        while len(self._sections) < len(sections):
            view = SectionView(self._look)
            self._sections.append(view)
            self._pages.addWidget(view)
        for at, view in enumerate(self._sections):
            view.setVisible(at < len(sections))
            if at < len(sections):
                view.show_section(sections[at])

    def _show_text(self, line: Words, text: str) -> None:
        line.setText(text)
        line.setVisible(bool(text))
