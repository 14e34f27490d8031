"""The rollback card: always in the same place, with a button of the same size."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.status import Status
from relconsole_ui.design.text import spoken_text, tip_text
from relconsole_ui.design.tokens import ROLLBACK_BUTTON, TextRole
from relconsole_ui.presenters.rollback_card import CardAct, RollbackCardRows
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.glyph import StatusGlyph
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.words import Words

ARM_KEYS = "Ctrl Shift R"
LINE_GAP = 3


class RollbackCard(Panel):
    """Whether the way back is ready; ``wanted`` when the button is pressed.

    The button is neutral, and red only while a rollback trigger is true.
    """

    wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Rollback", parent)
        self.glyph = StatusGlyph(look, 18, Status.UNKNOWN)
        self.head.insertWidget(0, self.glyph)
        self.heading.set_role(TextRole.HEADING)
        self.heading.set_colour("t1")
        self.estimate = Words(look, TextRole.ROW, "", "t2", elides=True)
        self.people = Words(look, TextRole.ROW, "", "t2", elides=True)
        self.caution = Words(look, TextRole.BODY_STRONG, "", "t1", elides=True)
        self.button = ActionButton(
            look,
            "Arm rollback",
            ARM_KEYS,
            "plain",
            icon_name="arrow-counter-clockwise",
            height=ROLLBACK_BUTTON,
        )
        self.button.clicked.connect(self.wanted)
        for line in (self.estimate, self.people, self.caution):
            self.body.addWidget(line)
        self.body.addStretch(1)
        self.body.addWidget(self.button)
        self._close_up()
        look.changed.connect(self._close_up)

    def show_rows(self, rows: RollbackCardRows) -> None:
        """Show the rollback as it stands."""
        self.set_title(rows.title)
        self.set_note(rows.note)
        self.set_tone("crit" if rows.is_triggered else "")
        self.glyph.set_status(rows.status)
        self._show_line(self.estimate, rows.estimate or rows.stamp)
        self._show_line(self.people, rows.people)
        self._show_line(self.caution, rows.why or rows.caution)
        key = ARM_KEYS if rows.act is CardAct.ARM else ""
        if self.button.label != rows.button:
            self.button.set_label(rows.button, key)
        self.button.set_kind("danger" if rows.is_triggered and rows.is_possible else "plain")
        self.button.set_possible(rows.is_possible, rows.why)
        self.setAccessibleName(spoken_text(rows.title))
        self.setAccessibleDescription(spoken_text(rows.sentence))
        self.setToolTip(tip_text(rows.sentence))

    def _show_line(self, line: Words, text: str) -> None:
        line.setText(text)
        line.setVisible(bool(text))

    def _close_up(self) -> None:
        self.body.setSpacing(self._look.px(LINE_GAP))
