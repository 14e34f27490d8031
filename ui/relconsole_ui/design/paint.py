"""The one way to paint text, and the surfaces that several views paint.

Painted text is invisible to a walk over widgets. Since all of it passes through ``paint_text``, a
test can ask what was shown, how large, in which colour, and whether it was cut.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import ELLIPSIS, TEXT_CAP, safe_text
from relconsole_ui.design.tokens import FOCUS_RING, RADIUS_BAR, TextRole

MIDDLE_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
MIDDLE_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
MIDDLE: Final = Qt.AlignmentFlag.AlignCenter

HATCH_STEP: Final = 6
"""Pixels at 100 per cent between two lines of a hatch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaintedText:
    """A text that was painted: what was asked for, what is seen, and how; ``rect`` is its ink."""

    text: str
    shown: str
    role: TextRole
    pixels: int
    colour: str
    rect: QRectF
    elided: bool


_RECORDS: Final[list[list[PaintedText]]] = []


@contextmanager
def recorded_text() -> Generator[list[PaintedText]]:
    """Give a list to which every text is added that is painted meanwhile."""
    record: list[PaintedText] = []
    _RECORDS.append(record)
    try:
        yield record
    finally:
        _RECORDS[:] = [other for other in _RECORDS if other is not record]


def paint_text(
    painter: QPainter,
    look: Look,
    rect: QRectF,
    text: str,
    role: TextRole,
    colour: str = "t1",
    align: Qt.AlignmentFlag = MIDDLE_LEFT,
    *,
    elide: bool = True,
) -> QRectF:
    """Paint one line, and give the rectangle that its ink takes.

    ``colour`` is a token. Left and right are swapped where the painter writes from the right,
    unless ``align`` is absolute. Without ``elide`` a text that is too long runs over the edge.
    """
    metrics = look.metrics(role)
    whole = safe_text(text, TEXT_CAP)
    shown = whole
    width = metrics.horizontalAdvance(whole)
    is_cut = elide and width > rect.width()
    if is_cut:
        shown = metrics.elidedText(whole, Qt.TextElideMode.ElideRight, max(0.0, rect.width()))
        width = metrics.horizontalAdvance(shown)
    place = _placed(painter, rect, width, metrics.height(), align)
    painter.setFont(look.font(role))
    painter.setPen(look.colour(colour))
    painter.drawText(QPointF(place.left(), place.top() + metrics.ascent()), shown)
    if _RECORDS:
        painted = PaintedText(
            text=text,
            shown=shown,
            role=role,
            pixels=look.font(role).pixelSize(),
            colour=colour,
            rect=place,
            elided=is_cut or (whole.endswith(ELLIPSIS) and not text.endswith(ELLIPSIS)),
        )
        for record in _RECORDS:
            record.append(painted)
    return place


def _placed(
    painter: QPainter, rect: QRectF, width: float, height: float, align: Qt.AlignmentFlag
) -> QRectF:
    to_right = bool(align & Qt.AlignmentFlag.AlignRight)
    if (
        painter.layoutDirection() is Qt.LayoutDirection.RightToLeft
        and not align & Qt.AlignmentFlag.AlignAbsolute
    ):
        to_right = not to_right
    if align & Qt.AlignmentFlag.AlignHCenter:
        left = rect.center().x() - width / 2
    else:
        left = rect.right() - width if to_right else rect.left()
    if align & Qt.AlignmentFlag.AlignTop:
        top = rect.top()
    elif align & Qt.AlignmentFlag.AlignBottom:
        top = rect.bottom() - height
    else:
        top = rect.center().y() - height / 2
    return QRectF(left, top, width, height)


def text_width(look: Look, text: str, role: TextRole) -> float:
    """Give the pixels that ``paint_text`` needs for ``text``."""
    return look.metrics(role).horizontalAdvance(safe_text(text, TEXT_CAP))


def hatch_brush(look: Look, colour: str, ratio: float = 1.0) -> QBrush:
    """Give a brush of diagonal lines in the colour of a token, for a device of that pixel ratio."""
    side = look.px(HATCH_STEP)
    tile = QPixmap(round(side * ratio), round(side * ratio))
    tile.setDevicePixelRatio(ratio)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(look.colour(colour), max(1.0, look.scale * 1.2)))
    for shift in (-side, 0, side):
        painter.drawLine(QPointF(shift - 1, side + 1), QPointF(shift + side + 1, -1))
    painter.end()
    return QBrush(tile)


def paint_bar(
    painter: QPainter,
    look: Look,
    rect: QRectF,
    fill: QBrush | QColor | str = "",
    outline: str = "",
    *,
    radius: float = RADIUS_BAR,
    width: float = 1.0,
    dashed: bool = False,
) -> None:
    """Paint a rounded bar: ``fill`` is a brush or a token, ``outline`` a token; empty for none.

    The outline lies wholly within ``rect``. ``radius`` and ``width`` are at 100 per cent.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(_brush(look, fill))
    inset = 0.0
    if outline:
        pen = QPen(look.colour(outline), width * look.scale)
        if dashed:
            pen.setDashPattern([3.0, 2.0])
        painter.setPen(pen)
        inset = pen.widthF() / 2
    else:
        painter.setPen(Qt.PenStyle.NoPen)
    inner = rect.adjusted(inset, inset, -inset, -inset)
    corner = min(radius * look.scale, inner.height() / 2, inner.width() / 2)
    painter.drawRoundedRect(inner, corner, corner)
    painter.restore()


def _brush(look: Look, fill: QBrush | QColor | str) -> QBrush:
    match fill:
        case "":
            return QBrush(Qt.BrushStyle.NoBrush)
        case str():
            return QBrush(look.colour(fill))
        case QColor():
            return QBrush(fill)
        case _:
            return fill


def paint_focus_ring(painter: QPainter, look: Look, rect: QRectF, radius: float) -> None:
    """Paint the mark of the keyboard's focus just within ``rect``; ``radius`` at 100 per cent."""
    paint_bar(painter, look, rect, outline="acc", radius=radius, width=FOCUS_RING)
