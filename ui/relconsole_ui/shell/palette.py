"""The command palette: a line over the window that jumps to anything and runs any action."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE_LEFT, MIDDLE_RIGHT, paint_bar, paint_text
from relconsole_ui.design.tokens import RADIUS_PANEL, TextRole
from relconsole_ui.presenters.palette import KIND_WORDS, Entry, rank
from relconsole_ui.shell.focus import give_back
from relconsole_ui.views.parts.rows import RowList
from relconsole_ui.views.parts.words import Words

STAYS: Final = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
"""Why the line may lose the keyboard for a while: another window, or a menu of its own."""

WIDTH = 640
ROW = 36
TOP = 48


class EntryRow:
    """An entry as a row of the list."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    @property
    def key(self) -> str:
        """Give what tells it from the others."""
        return f"{self.entry.kind}/{self.entry.id}"

    @property
    def sentence(self) -> str:
        """Give it as it is spoken."""
        return self.entry.sentence

    def __eq__(self, other: object) -> bool:
        """Tell whether the other shows the same entry."""
        return isinstance(other, EntryRow) and other.entry == self.entry

    def __hash__(self) -> int:
        """Give a number that equal rows share."""
        return hash(self.entry)


class Palette(QFrame):
    """The palette; it opens over what is there, and gives the focus back when it goes."""

    chosen = Signal(object)

    def __init__(
        self, look: Look, window: QWidget, entries: Callable[[], tuple[Entry, ...]]
    ) -> None:
        super().__init__(window)
        self._look = look
        self._entries = entries
        self._over = window
        self._came_from: QWidget | None = None
        self.setAccessibleName("Jump or run")
        self.line = QLineEdit()
        self.line.setPlaceholderText("Jump to a step, service, person or release, or run an action")
        self.line.setAccessibleName("Jump or run")
        self.line.textEdited.connect(self._search)
        self.line.installEventFilter(self)
        self.list: RowList[EntryRow] = RowList(look, self._paint_row, ROW)
        self.list.setAccessibleName("What may be meant")
        self.list.opened.connect(self._run)
        self.list.clicked.connect(self._run)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.nothing = Words(look, TextRole.BODY, "Nothing is called so.", "t2")
        column = QVBoxLayout(self)
        column.addWidget(self.line)
        column.addWidget(self.list, 1)
        column.addWidget(self.nothing)
        self.hide()

    def open(self) -> None:
        """Open with nothing typed."""
        window = self._over
        focus = window.focusWidget()
        if focus is not self.line:
            self._came_from = focus
        width = min(self._look.px(WIDTH), window.width() - 2 * self._look.px(24))
        height = self._look.px(ROW * 10 + 64)
        self.setGeometry((window.width() - width) // 2, self._look.px(TOP), width, height)
        self.line.clear()
        self._search("")
        self.show()
        self.raise_()
        self.line.setFocus()

    def leave(self) -> None:
        """Close, and give the focus back to where it was."""
        self.hide()
        give_back(self._came_from)
        self._came_from = None

    def _search(self, text: str) -> None:
        rows = [EntryRow(entry) for entry in rank(text, self._entries())]
        self.list.show_rows(rows)
        self.list.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        # Enter with nothing typed runs nothing: what comes first was not asked for.
        self.list.select(rows[0].key if rows and text.strip() else "")

    def _run(self) -> None:
        key = self.list.selected
        entry = next((row.entry for row in self.list.rows if row.key == key), None)
        if entry is None or entry.why_not:
            return
        self.leave()
        self.chosen.emit(entry)

    def _move(self, step: int) -> None:
        """Choose the next entry or the one before, round the end; the first or last at first."""
        rows, at = self.list.rows, self.list.currentIndex().row()
        if rows:
            at = at if at >= 0 or step > 0 else 0
            self.list.select(rows[(at + step) % len(rows)].key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows move in the list while one types."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
                self._move(1 if key == Qt.Key.Key_Down else -1)
                return True
            if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._run()
                return True
            if key == Qt.Key.Key_Escape:
                self.leave()
                return True
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in STAYS:
            self.hide()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        rect = QRectF(self.rect())
        paint_bar(QPainter(self), self._look, rect, "bg2", "ctl", radius=RADIUS_PANEL)

    def _paint_row(self, painter: QPainter, rect: QRectF, row: EntryRow) -> None:
        look, entry = self._look, row.entry
        px = look.px
        kind = QRectF(rect.right() - px(84), rect.top(), px(76), rect.height())
        paint_text(painter, look, kind, KIND_WORDS[entry.kind], TextRole.NOTE, "t3", MIDDLE_RIGHT)
        text = QRectF(rect.left() + px(12), rect.top(), rect.width() * 0.5, rect.height())
        ink = "t3" if entry.why_not else "t1"
        drawn = paint_text(painter, look, text, entry.text, TextRole.BODY_STRONG, ink, MIDDLE_LEFT)
        aside = entry.why_not or " · ".join(part for part in (entry.key, entry.says) if part)
        start = drawn.right() + px(12)
        rest = QRectF(start, rect.top(), max(0.0, kind.left() - start - px(8)), rect.height())
        paint_text(painter, look, rest, aside, TextRole.ROW, "t2", MIDDLE_LEFT)
