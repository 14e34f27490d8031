"""Where the sheet of the rollback lies: beside everything where there is room, else over a part."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from relconsole_ui.design.look import Look

WIDE: Final = 2200
"""Pixels at 100 per cent from which the sheet stands beside the bridge and covers nothing."""

SHEET: Final = 560


class SheetOverlay(QObject):
    """Keeps sheets at the right edge of their host, one of them in sight at most.

    Where the host is wide, its layout gives way, so that nothing is covered.
    """

    def __init__(self, look: Look, host: QWidget) -> None:
        super().__init__(host)
        self._look = look
        self._host = host
        self._sheets: list[QWidget] = []
        host.installEventFilter(self)
        look.changed.connect(self.place)

    def add(self, sheet: QWidget) -> None:
        """Let a sheet lie over the host, out of sight at first."""
        sheet.setParent(self._host)
        sheet.hide()
        sheet.installEventFilter(self)
        self._sheets.append(sheet)

    @property
    def is_docked(self) -> bool:
        """Whether the host has room beside it."""
        return self._host.width() >= self._look.px(WIDE)

    def place(self) -> None:
        """Put the sheets where they belong, and let the host give way or not."""
        width = min(self._look.px(SHEET), self._host.width())
        left = self._host.width() - width
        if self._host.isRightToLeft():
            left = 0
        for sheet in self._sheets:
            sheet.setGeometry(left, 0, width, self._host.height())
        layout = self._host.layout()
        if layout is not None:
            shown = self.is_docked and any(not sheet.isHidden() for sheet in self._sheets)
            room = width if shown else 0
            margins = layout.contentsMargins()
            wanted = (room, 0) if self._host.isRightToLeft() else (0, room)
            if (margins.left(), margins.right()) != wanted:
                layout.setContentsMargins(wanted[0], margins.top(), wanted[1], margins.bottom())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the host, and sheets that come and go."""
        resized = watched is self._host and event.type() is QEvent.Type.Resize
        came_or_went = event.type() in {QEvent.Type.Show, QEvent.Type.Hide}
        if resized or (came_or_went and watched in self._sheets):
            self.place()
        return False
