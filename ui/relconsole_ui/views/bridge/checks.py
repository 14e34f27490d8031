"""The checks of a step: each with its shape, what it asks and what it read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.status import Status
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.step_card import CheckLine
from relconsole_ui.views.parts.glyph import StatusGlyph
from relconsole_ui.views.parts.words import Words


class CheckRow(QWidget):
    """A check: its shape, its title, what it read."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.glyph = StatusGlyph(look, 16, Status.NOT_STARTED)
        self.title = Words(look, TextRole.BODY, "", "t2", elides=True)
        self.value = Words(look, TextRole.ROW, "", "t2")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(look.px(8))
        self._row.addWidget(self.glyph)
        self._row.addWidget(self.title, 1)
        self._row.addWidget(self.value)

    def show_line(self, line: CheckLine) -> None:
        """Show this check."""
        self.glyph.set_status(line.status)
        self.title.set_role(TextRole.BODY_STRONG if line.is_failing else TextRole.BODY)
        self.title.show_words(line.title, "t1" if line.is_failing else "t2")
        self.value.set_role(TextRole.ROW_STRONG if line.is_failing else TextRole.ROW)
        is_red = line.status is Status.CRITICAL
        self.value.show_words(line.value, "crit" if is_red else "t2")
        self.setAccessibleName(spoken_text(f"Check {line.title}: {line.status}, {line.value}"))


class CheckRows(QWidget):
    """The checks below one another; without any it takes no room."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._rows: list[CheckRow] = []
        self._more = Words(look, TextRole.NOTE, "", "t2")
        self._column = QVBoxLayout()
        self._column.setSpacing(look.px(2))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(2))
        whole.addLayout(self._column)
        whole.addWidget(self._more)

    def show_lines(self, lines: Sequence[CheckLine], more: str) -> None:
        """Show these checks and no others, and how many more there are."""
        while len(self._rows) < len(lines):
            row = CheckRow(self._look)
            self._rows.append(row)
            self._column.addWidget(row)
        for at, row in enumerate(self._rows):
            row.setVisible(at < len(lines))
            if at < len(lines):
                row.show_line(lines[at])
        self._more.setText(more)
        self._more.setVisible(bool(more))
        self.setVisible(bool(lines or more))
