"""The line: stopping it in one stroke, seeing that it is stopped, and resuming it by two."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.status import Status
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.line import LineRows
from relconsole_ui.views.bridge.note_line import NoteLine
from relconsole_ui.views.bridge.notice import Notice
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.glyph import StatusGlyph
from relconsole_ui.views.parts.words import Words

BUTTON = 32


class LineControl(QWidget):
    """A small control: Stop the line while it runs, who stopped it and Resume while it does not.

    ``stopped`` is emitted at once; ``reasoned`` gives the reason that may follow.
    """

    stopped = Signal()
    reasoned = Signal(str)
    resume_wanted = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._rows = LineRows(is_stopped=False, may_stop=False)
        self.stop = ActionButton(
            look, "Stop the line", "Ctrl Shift S", icon_name="hand-palm", height=BUTTON
        )
        self.glyph = StatusGlyph(look, 18, Status.HOLD)
        self.says = Words(look, TextRole.BODY_STRONG, elides=True)
        self.reason = Words(look, TextRole.ROW, "", "t2", elides=True)
        self.resume = ActionButton(look, "Resume, two people", height=BUTTON)
        self.note_line = NoteLine(look)
        self.notice = Notice(look)
        self._lay_out()
        self.stop.clicked.connect(self.stopped)
        self.resume.clicked.connect(lambda: self.resume_wanted.emit(self._rows.stop))
        self.note_line.given.connect(self.reasoned)
        self.note_line.left.connect(self.leave_reason)
        look.changed.connect(self._follow_look)
        self._follow_look()
        self.show_rows(self._rows)

    def show_rows(self, rows: LineRows) -> None:
        """Show how the line stands."""
        self._rows = rows
        self.stop.setVisible(not rows.is_stopped)
        self.stop.set_possible(rows.may_stop, "No night is open.")
        self.says.setText(rows.says)
        self.reason.setText("; ".join(part for part in (rows.reason, rows.needs) if part))
        for part in (self.glyph, self.says, self.reason, self.resume):
            part.setVisible(rows.is_stopped)
        if not rows.is_stopped:
            self.leave_reason()
        self.setAccessibleName(spoken_text(rows.says or "The line runs"))
        self.setAccessibleDescription(spoken_text(self.reason.text()))

    def ask_reason(self) -> None:
        """Ask why the line was stopped, after it was."""
        self.note_line.setVisible(True)
        self.note_line.ask("Why the line was stopped", "Note")

    def leave_reason(self) -> None:
        """Go back from the line for the reason."""
        self.notice.say("")
        self.note_line.setVisible(False)

    def show_failure(self, words: str) -> None:
        """Say why something was not done."""
        self.notice.say(words)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.says)
        words.addWidget(self.reason)
        self._line = QHBoxLayout()
        self._line.addWidget(self.stop)
        self._line.addWidget(self.glyph)
        self._line.addLayout(words, 1)
        self._line.addWidget(self.resume)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._line)
        self._column.addWidget(self.notice)
        self._column.addWidget(self.note_line)
        self.note_line.setVisible(False)

    def _follow_look(self) -> None:
        self._line.setSpacing(self._look.px(8))
        self._column.setSpacing(self._look.px(6))
