"""Half an hour of an indicator, painted: grey, with colour only on what is beyond a limit now."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import hatch_brush, paint_text, text_width
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.health_strip import Place, Tile, thin

FOOT: Final = 14
"""Pixels at 100 per cent below the line, for the marks of the steps."""
LINE: Final = 1.5
DOT: Final = 3.0
_NUMBER: Final = TextRole.NOTE


def paint_sparkline(painter: QPainter, look: Look, rect: QRectF, tile: Tile) -> None:
    """Paint band, limits, steps, line and dot, and a hatch over what is not known."""
    chart = rect.adjusted(0, 0, -look.px(DOT), -look.px(FOOT) if tile.markers else 0)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_band(painter, look, chart, tile)
    _paint_limits(painter, look, chart, tile)
    _paint_markers(painter, look, chart, tile)
    _paint_line(painter, look, chart, tile)
    if tile.stale_from is not None:
        _paint_stale(painter, look, chart, tile.stale_from)
    if tile.dot is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("t3" if tile.stale_from is not None else tile.tone or "t2"))
        radius = look.scale * DOT
        painter.drawEllipse(_point(chart, tile.dot), radius, radius)
    painter.restore()


def _point(chart: QRectF, place: Place) -> QPointF:
    return QPointF(
        chart.left() + place[0] * chart.width(), chart.bottom() - place[1] * chart.height()
    )


def _height(chart: QRectF, share: float) -> float:
    return chart.bottom() - share * chart.height()


def _paint_band(painter: QPainter, look: Look, chart: QRectF, tile: Tile) -> None:
    if tile.band is not None:
        top, bottom = _height(chart, tile.band[1]), _height(chart, tile.band[0])
        band = QRectF(chart.left(), top, chart.width(), max(bottom - top, look.scale * 2))
        painter.fillRect(band, look.colour("band"))


def _paint_limits(painter: QPainter, look: Look, chart: QRectF, tile: Tile) -> None:
    pen = QPen(look.colour(tile.tone or "t3"), look.scale)
    pen.setDashPattern([1.5, 2.5])
    painter.setPen(pen)
    for limit in tile.limits:
        y = int(_height(chart, limit.height)) + 0.5
        painter.drawLine(QLineF(chart.left(), y, chart.right(), y))


def _paint_markers(painter: QPainter, look: Look, chart: QRectF, tile: Tile) -> None:
    """Paint a dotted line at each step, a triangle below it, and its number where there is room."""
    free = chart.right() + look.px(DOT)
    half = look.px(4)
    for marker in reversed(tile.markers):
        x = int(chart.left() + marker.at * chart.width()) + 0.5
        pen = QPen(look.colour("t2"), look.scale)
        pen.setDashPattern([1.5, 2.5])
        painter.setPen(pen)
        painter.drawLine(QLineF(x, chart.top(), x, chart.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("t2"))
        top = chart.bottom() + look.px(3)
        low = top + 2 * half
        corners = [QPointF(x, top), QPointF(x - half, low), QPointF(x + half, low)]
        painter.drawPolygon(QPolygonF(corners))
        width = text_width(look, marker.number, _NUMBER)
        left = x + half + look.px(2)
        is_newest = marker is tile.markers[-1]
        if is_newest and left + width <= free:
            place = QRectF(left, chart.bottom() + 1, width + 1, look.px(FOOT))
            paint_text(painter, look, place, marker.number, _NUMBER, "t2", elide=False)
        free = x - half - look.px(2)


def _paint_line(painter: QPainter, look: Look, chart: QRectF, tile: Tile) -> None:
    """Paint the line in grey, and once more in its tone where it is beyond a limit."""
    points = [_point(chart, place) for place in thin(tile.points, int(chart.width()))]
    if len(points) < 2:  # noqa: PLR2004
        return
    line = QPolygonF(points)
    colour = "t3" if tile.stale_from is not None else "t2"
    painter.setPen(_pen(look, colour))
    painter.drawPolyline(line)
    if not tile.tone:
        return
    painter.setPen(_pen(look, tile.tone))
    margin = look.scale * DOT
    for limit in tile.limits:
        y = _height(chart, limit.height)
        beyond = (
            QRectF(chart.left(), chart.top() - margin, chart.width(), y - chart.top() + margin)
            if limit.is_upper
            else QRectF(chart.left(), y, chart.width(), chart.bottom() - y + margin)
        )
        painter.save()
        painter.setClipRect(beyond)
        painter.drawPolyline(line)
        painter.restore()


def _pen(look: Look, colour: str) -> QPen:
    pen = QPen(look.colour(colour), look.scale * LINE)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _paint_stale(painter: QPainter, look: Look, chart: QRectF, start: float) -> None:
    """Paint a hatch from the last known value on."""
    left = chart.left() + start * chart.width()
    width = max(chart.right() - left, look.px(4))
    gap = QRectF(chart.right() - width, chart.top(), width, chart.height())
    ratio = painter.device().devicePixelRatioF()
    painter.fillRect(gap, hatch_brush(look, "bar", ratio))
