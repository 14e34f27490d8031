"""The icons, vendored as SVG, in the colour of a token and sharp on every screen."""

from __future__ import annotations

import functools
from importlib.resources import files
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from relconsole_ui.design.look import Look

MIRRORED: Final = frozenset({"arrow-left", "arrow-right", "caret-left", "caret-right"})
"""Icons that point along the line, and so turn round where lines run from the right."""

ICON_RATIOS: Final = (1.0, 1.5, 2.0, 3.0)
ICON_SIZE: Final = 24
KEPT_RENDERERS: Final = 512


@functools.cache
def _source(name: str) -> str:
    file = files("relconsole_resources") / "icons" / f"{name}.svg"
    return file.read_text(encoding="utf-8")


@functools.lru_cache(maxsize=KEPT_RENDERERS)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))


def paint_icon(painter: QPainter, look: Look, rect: QRectF, name: str, colour: str = "t1") -> None:
    """Paint an icon as large as fits in the middle of ``rect``; ``colour`` is a token."""
    side = min(rect.width(), rect.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(rect.center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if name in MIRRORED and painter.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        painter.translate(2 * square.center().x(), 0)
        painter.scale(-1, 1)
    _renderer(name, look.colour(colour).name()).render(painter, square)
    painter.restore()


def icon(look: Look, name: str, colour: str = "t1") -> QIcon:
    """Give an icon for menus and buttons; make it anew when the look has changed.

    Raises ``FileNotFoundError`` for a name that is not among the vendored ones.
    """
    _source(name)
    made = QIcon()
    size = look.px(ICON_SIZE)
    for ratio in ICON_RATIOS:
        pixmap = QPixmap(QSize(size, size) * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_icon(painter, look, QRectF(0, 0, size, size), name, colour)
        painter.end()
        made.addPixmap(pixmap)
    return made
