"""What both people should know of an act, line by line, each as long as it needs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.status import Status
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.looked_at import LookedAtRow
from relconsole_ui.views.parts.glyph import StatusGlyph
from relconsole_ui.views.parts.words import Words

GLYPH = 18


class FactLine(QWidget):
    """One thing to know: its shape, what it is, and a note at the right."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.glyph = StatusGlyph(look, GLYPH, Status.ADVISORY)
        self.says = Words(look, TextRole.BODY_STRONG, "", "t1", wraps=True)
        self.note = Words(look, TextRole.BODY, "", "t1")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.px(10))
        row.addWidget(self.glyph, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.says, 1)
        row.addWidget(self.note, 0, Qt.AlignmentFlag.AlignTop)

    def show_row(self, row: LookedAtRow) -> None:
        """Show this line."""
        self.glyph.set_status(row.status)
        self.says.setText(row.says)
        self.note.setText(row.note)
        self.note.setVisible(bool(row.note))
        self.setAccessibleName(spoken_text(row.sentence))


class FactLines(QWidget):
    """The lines in their order."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._lines: list[FactLine] = []
        self._rows: tuple[LookedAtRow, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(look.px(6))

    @property
    def rows(self) -> tuple[LookedAtRow, ...]:
        """What stands here now."""
        return self._rows

    def show_rows(self, rows: tuple[LookedAtRow, ...]) -> None:
        """Show these lines."""
        if rows == self._rows:
            return
        self._rows = rows
        while len(self._lines) < len(rows):
            line = FactLine(self._look)
            self._lines.append(line)
            self._column.addWidget(line)
        for at, line in enumerate(self._lines):
            line.setVisible(at < len(rows))
            if at < len(rows):
                line.show_row(rows[at])
