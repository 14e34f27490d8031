"""The health strip of the bridge: at most twelve tiles, the half hour dropped where it is tight."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.health_strip import HealthStripRows, Tile
from relconsole_ui.views.bridge.health_tile import NARROWEST, HealthTile
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.words import Words


class HealthStrip(Panel):
    """Tiles side by side, in two or three rows where they are many; ``opened`` names one."""

    opened = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Health, last 30 min", parent)
        self._tiles: list[HealthTile] = []
        self._columns = 0
        self._mark = _Mark(look)
        self._mark.setVisible(False)
        self._marker = Words(look, TextRole.ROW, "", "t2")
        self.head.addWidget(self._mark)
        self.head.addWidget(self._marker)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.body.addLayout(self._grid, 1)
        self._empty = Words(look, TextRole.BODY, "No indicator is watched.", "t2")
        self.body.addWidget(self._empty)
        look.changed.connect(self._arrange)

    @property
    def tiles(self) -> tuple[HealthTile, ...]:
        """The tiles that are shown, in order."""
        return tuple(self._tiles)

    def show_rows(self, rows: HealthStripRows) -> None:
        """Show another state of the indicators."""
        self.set_note(rows.note)
        self._marker.setText(rows.marker_note)
        self._mark.setVisible(bool(rows.marker_note))
        self._empty.setVisible(not rows.tiles)
        self.setAccessibleDescription(spoken_text(rows.says))
        self._match(rows.tiles)
        for shown, tile in zip(self._tiles, rows.tiles, strict=True):
            shown.show_tile(tile)

    def sizeHint(self) -> QSize:
        """Give the size of the design."""
        return QSize(self._look.px(900), self._look.px(180))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the tiles anew."""
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card, and a line between two tiles of a row."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(self._look.colour("line"))
        for number, tile in enumerate(self._tiles):
            if number % max(self._columns, 1):
                place = tile.geometry()
                x = place.left() - self._grid.horizontalSpacing() // 2
                painter.drawLine(x, place.top() + 4, x, place.bottom() - 4)

    def _match(self, tiles: tuple[Tile, ...]) -> None:
        """Have as many tiles as there are to show."""
        if len(tiles) == len(self._tiles):
            return
        while len(self._tiles) > len(tiles):
            gone = self._tiles.pop()
            self._grid.removeWidget(gone)
            gone.deleteLater()
        while len(self._tiles) < len(tiles):
            tile = HealthTile(self._look, self)
            tile.opened.connect(self.opened)
            self._tiles.append(tile)
        self._columns = 0
        self._arrange()

    def _arrange(self) -> None:
        """Put as many tiles into a row as can be read, in rows of equal length."""
        margins = self._layout.contentsMargins()
        space = self._look.px(8)
        width = self.width() - margins.left() - margins.right() + space
        most = max(1, width // (self._look.px(NARROWEST) + space))
        rows = max(1, -(-len(self._tiles) // most))
        columns = max(1, -(-len(self._tiles) // rows))
        self._grid.setHorizontalSpacing(space)
        self._grid.setVerticalSpacing(self._look.px(2))
        if columns == self._columns:
            return
        self._columns = columns
        for number, tile in enumerate(self._tiles):
            self._grid.addWidget(tile, number // columns, number % columns)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self.update()


class _Mark(QWidget):
    """The small triangle that explains the steps' marks."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        look.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Give the size of the triangle."""
        return QSize(self._look.px(12), self._look.px(12))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the triangle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._look.colour("t2"))
        painter.setBrush(self._look.colour("t2"))
        half = self._look.px(4)
        middle = QRectF(self.rect()).center()
        painter.drawPolygon(
            QPolygonF(
                [
                    middle + QPointF(0, -half),
                    middle + QPointF(-half, half),
                    middle + QPointF(half, half),
                ]
            )
        )
