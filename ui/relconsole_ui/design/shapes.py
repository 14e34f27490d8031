"""The shapes of the states, drawn by code so that they differ from 14 to 64 pixels, in grey too.

A glyph is drawn in a unit square from -1 to 1, scaled to its place; an open outline leaves room
for its pen.
"""

from __future__ import annotations

import math
from typing import Final, assert_never

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from relconsole_ui.design.look import Look
from relconsole_ui.design.status import GLYPHS, Shape, Status, Symbol

OUTLINE: Final = 0.17
"""Width of an outline's pen, in halves of the glyph's side."""

STROKE: Final = 0.22
"""Width of a symbol's pen, in halves of the glyph's side."""

SMALLEST_PEN: Final = 1.3
"""Pixels below which a line looks grey instead of thin."""

DASHES: Final = 8
PIPS: Final = 3
_DASH_SHARE: Final = 0.58


def paint_status(painter: QPainter, look: Look, rect: QRectF, status: Status) -> None:
    """Paint the glyph of a status as large as fits in the middle of ``rect``."""
    glyph = GLYPHS[status]
    half = min(rect.width(), rect.height()) / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.center())
    painter.scale(half, half)
    ink = look.colour(glyph.ink)
    _paint_shape(painter, glyph.shape, ink, look.colour(glyph.fill) if glyph.fill else None, half)
    _paint_symbol(painter, glyph.symbol, ink, half, glyph.shape)
    painter.restore()


def paint_pips(painter: QPainter, look: Look, rect: QRectF, level: int) -> None:
    """Paint a risk of 1 to 3 as so many rising bars, the others in outline, within ``rect``."""
    step = rect.width() / (2 * PIPS - 1)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for at in range(PIPS):
        height = rect.height() * (at + 1) / PIPS
        bar = QRectF(rect.left() + 2 * at * step, rect.bottom() - height, step, height)
        if at < level:
            painter.fillRect(bar, look.colour("t1"))
        else:
            painter.setPen(QPen(look.colour("ctl"), 1))
            painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))
    painter.restore()


def _pen(colour: QColor, share: float, half: float) -> QPen:
    pen = QPen(colour, max(share, SMALLEST_PEN / half))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _paint_shape(
    painter: QPainter, shape: Shape, ink: QColor, fill: QColor | None, half: float
) -> None:
    if fill is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPath(_filled(shape))
        return
    pen = _pen(ink, OUTLINE, half)
    inset = 1 - pen.widthF() / 2 - 0.03
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if shape in {Shape.DASHED_RING, Shape.DASHED_SQUARE}:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        turn = (2 * math.pi if shape is Shape.DASHED_RING else 8 * 0.86) * inset
        step = turn / DASHES / pen.widthF()
        pen.setDashPattern([step * _DASH_SHARE, step * (1 - _DASH_SHARE)])
        pen.setDashOffset(step * _DASH_SHARE / 2)
    painter.setPen(pen)
    painter.drawPath(_outline(shape, inset))


def _filled(shape: Shape) -> QPainterPath:
    """Give the path of a filled shape, which reaches the edge of the unit square."""
    path = QPainterPath()
    match shape:
        case Shape.DISC | Shape.RING | Shape.DASHED_RING:
            path.addEllipse(QPointF(0, 0), 0.97, 0.97)
        case Shape.OCTAGON:
            path.addPolygon(QPolygonF(_corners(8, 1.0, math.pi / 8)))
        case Shape.TRIANGLE:
            path = _round_triangle()
        case Shape.SQUARE | Shape.DASHED_SQUARE:
            path.addRoundedRect(QRectF(-0.88, -0.88, 1.76, 1.76), 0.2, 0.2)
        case Shape.DIAMOND:
            path.addPolygon(QPolygonF(_corners(4, 1.0, 0)))
        case _:
            assert_never(shape)
    path.closeSubpath()
    return path


def _outline(shape: Shape, inset: float) -> QPainterPath:
    """Give the middle line of an open outline."""
    path = QPainterPath()
    if shape in {Shape.SQUARE, Shape.DASHED_SQUARE}:
        side = inset * 0.93
        path.addRoundedRect(QRectF(-side, -side, 2 * side, 2 * side), 0.16, 0.16)
    else:
        path.addEllipse(QPointF(0, 0), inset, inset)
    return path


def _corners(count: int, radius: float, start: float) -> list[QPointF]:
    turn = 2 * math.pi / count
    return [
        QPointF(radius * math.cos(start + turn * it), radius * math.sin(start + turn * it))
        for it in range(count)
    ]


def _round_triangle() -> QPainterPath:
    path = QPainterPath(QPointF(-0.14, -0.8))
    path.quadTo(QPointF(0, -1.02), QPointF(0.14, -0.8))
    path.lineTo(QPointF(0.97, 0.68))
    path.quadTo(QPointF(1.08, 0.92), QPointF(0.82, 0.92))
    path.lineTo(QPointF(-0.82, 0.92))
    path.quadTo(QPointF(-1.08, 0.92), QPointF(-0.97, 0.68))
    path.closeSubpath()
    return path


def _paint_symbol(
    painter: QPainter, symbol: Symbol, ink: QColor, half: float, shape: Shape
) -> None:
    if shape is Shape.TRIANGLE:
        painter.translate(0, 0.2)
        painter.scale(0.84, 0.84)
    painter.setPen(_pen(ink, STROKE, half))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    match symbol:
        case Symbol.NONE:
            pass
        case Symbol.PLAY:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawPolygon(
                QPolygonF([QPointF(-0.3, -0.46), QPointF(0.52, 0), QPointF(-0.3, 0.46)])
            )
        case Symbol.CHECK:
            painter.drawPolyline(
                QPolygonF([QPointF(-0.4, 0.04), QPointF(-0.12, 0.34), QPointF(0.42, -0.3)])
            )
        case Symbol.CROSS:
            painter.drawLine(QPointF(-0.34, -0.34), QPointF(0.34, 0.34))
            painter.drawLine(QPointF(-0.34, 0.34), QPointF(0.34, -0.34))
        case Symbol.MARK:
            painter.drawLine(QPointF(0, -0.5), QPointF(0, 0.12))
            painter.drawPoint(QPointF(0, 0.5))
        case Symbol.BARS:
            painter.drawLine(QPointF(-0.28, -0.4), QPointF(-0.28, 0.4))
            painter.drawLine(QPointF(0.28, -0.4), QPointF(0.28, 0.4))
        case Symbol.LETTER_I:
            painter.drawPoint(QPointF(0, -0.42))
            painter.drawLine(QPointF(0, -0.06), QPointF(0, 0.46))
        case Symbol.LETTER_W:
            painter.drawPolyline(QPolygonF(_letter_w()))
        case Symbol.QUESTION:
            painter.drawPath(_question())
            painter.drawPoint(QPointF(0, 0.5))
        case Symbol.DASH:
            painter.drawLine(QPointF(-0.42, 0), QPointF(0.42, 0))
        case Symbol.AGAIN:
            _paint_again(painter, ink)
        case Symbol.HANDS:
            painter.drawPolyline(
                QPolygonF([QPointF(0, -0.5), QPointF(0, 0.04), QPointF(0.36, 0.26)])
            )
        case _:
            assert_never(symbol)


def _letter_w() -> list[QPointF]:
    return [
        QPointF(-0.52, -0.34),
        QPointF(-0.27, 0.38),
        QPointF(0, -0.2),
        QPointF(0.27, 0.38),
        QPointF(0.52, -0.34),
    ]


def _question() -> QPainterPath:
    path = QPainterPath(QPointF(-0.3, -0.3))
    path.cubicTo(QPointF(-0.26, -0.66), QPointF(0.36, -0.64), QPointF(0.3, -0.24))
    path.cubicTo(QPointF(0.26, -0.02), QPointF(0, -0.04), QPointF(0, 0.16))
    return path


def _paint_again(painter: QPainter, ink: QColor) -> None:
    """Draw most of a turn with the clock, with the head of an arrow at its end."""
    box = QRectF(-0.42, -0.42, 0.84, 0.84)
    path = QPainterPath()
    path.arcMoveTo(box, 105)
    path.arcTo(box, 105, -285)
    painter.drawPath(path)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    end = path.currentPosition()
    head = [end + QPointF(-0.32, 0.1), end + QPointF(0.32, 0.1), end + QPointF(0, -0.44)]
    painter.drawPolygon(QPolygonF(head))
