"""A line about a print: that it goes on, where it lies with its folder, or why there is none."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import PADDING, TextRole
from relconsole_ui.presenters.printing import PrintRows
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.words import Words


class PrintLine(QWidget):
    """Stands there while there is something to say; ``folder_wanted`` gives the folder."""

    folder_wanted = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._path = ""
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setAccessibleName("Printing")
        self.says = Words(look, TextRole.BODY, "", "t1", elides=True)
        self.folder = ActionButton(look, "Open folder", kind="plain")
        self.leave = ActionButton(look, "Leave", kind="quiet")
        self.folder.clicked.connect(self._open)
        self.leave.clicked.connect(self.hide)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.busy)
        self._row.addWidget(self.says, 1)
        self._row.addWidget(self.folder)
        self._row.addWidget(self.leave)
        self._follow_look()
        look.changed.connect(self._follow_look)
        self.hide()

    def show_rows(self, rows: PrintRows) -> None:
        """Show what there is to say."""
        self._path = rows.path
        self.says.show_words(rows.says, "crit" if rows.is_wrong else "t1")
        self.setAccessibleName(spoken_text(rows.says))
        # Reduced motion: the words alone say that it goes on.
        self.busy.setVisible(rows.is_busy and not self._look.reduced_motion)
        self.folder.setVisible(bool(rows.path))
        self.leave.setVisible(not rows.is_busy)
        self.show()

    def _open(self) -> None:
        if self._path:
            self.folder_wanted.emit(str(Path(self._path).parent))

    def _follow_look(self) -> None:
        px = self._look.px
        self._row.setContentsMargins(px(PADDING), px(4), px(PADDING), px(4))
        self._row.setSpacing(px(8))
        self.busy.setFixedWidth(px(96))
