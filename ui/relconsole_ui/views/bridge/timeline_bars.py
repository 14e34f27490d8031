"""Painting bars: the planned outline above, the solid and hatched body below, and its number.

Hundreds may be in sight, so pens and brushes are made once and the painter is not saved for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen, QPixmap

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE, hatch_brush, paint_bar, paint_text, text_width
from relconsole_ui.design.tokens import RADIUS_BAR, TextRole
from relconsole_ui.presenters.timeline_rows import Bar, BarState, Lane
from relconsole_ui.views.bridge.timeline_dense import DenseLanes
from relconsole_ui.views.bridge.timeline_geometry import TimelineGeometry

CRITICAL: Final = 2.0
NUMBER: Final = TextRole.NOTE_STRONG
_BESIDE: Final = 4
_AIR: Final = 2
"""Pixels at 100 per cent that a number needs beside itself to stand inside its bar."""

_FILLS: Final = {
    BarState.RUNNING: ("acc_fill", "on_acc"),
    BarState.DONE: ("bar_done", "on_acc"),
    BarState.FAILED: ("crit_fill", "on_crit"),
    BarState.DROPPED: ("bar_done", "on_acc"),
    BarState.AHEAD: ("bg1", "t1"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What painting uses again from frame to frame, for one look and one pixel ratio."""

    hatch: QBrush
    fills: dict[BarState, QBrush]
    planned: QPen
    edge: QPen
    critical: QPen
    dense: DenseLanes


def make_kit(look: Look, ratio: float, dense: DenseLanes) -> Kit:
    """Give what is painted with; the hatch covers what lies behind it."""
    lines = hatch_brush(look, "bar", ratio).texture()
    tile = QPixmap(lines.size())
    tile.setDevicePixelRatio(ratio)
    tile.fill(look.colour("bg1"))
    painter = QPainter(tile)
    painter.drawPixmap(0, 0, lines)
    painter.end()
    return Kit(
        hatch=QBrush(tile),
        fills={state: QBrush(look.colour(token)) for state, (token, _) in _FILLS.items()},
        planned=QPen(look.colour("bar_plan"), 1.2 * look.scale),
        edge=QPen(look.colour("bar"), look.scale),
        critical=QPen(look.colour("t1"), CRITICAL * look.scale),
        dense=dense,
    )


def paint_lane(painter: QPainter, place: TimelineGeometry, lane: Lane, kit: Kit) -> None:
    """Paint the bars of a lane, but for the bodies of those that run."""
    bars = list(place.visible_bars(lane))
    painter.setPen(kit.planned)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for bar in bars:
        if bar.planned is not None:
            _box(painter, place, place.plan_rect(bar, bar.planned), kit.planned.widthF())
    for at, bar in enumerate(bars):
        if bar.state is not BarState.RUNNING:
            paint_body(painter, place, bar, room_beside(place, bars, at), kit)


def paint_body(
    painter: QPainter, place: TimelineGeometry, bar: Bar, room: tuple[float, float], kit: Kit
) -> None:
    """Paint the body of a bar with its number, for which there is ``room`` on both sides."""
    body = bar.body
    if body is None:
        if bar.state is BarState.DROPPED and bar.planned is not None:
            rect = place.body_rect(bar, bar.planned)
            paint_bar(painter, place.look, rect, outline="ctl", dashed=True)
            _paint_number(painter, place, bar, rect, rect, room)
        return
    inside = whole = place.body_rect(bar, body)
    if bar.forecast is not None:
        painter.setPen(kit.edge)
        painter.setBrush(kit.hatch)
        _box(painter, place, place.body_rect(bar, bar.forecast), kit.edge.widthF())
    if bar.actual is not None:
        solid = place.body_rect(bar, bar.actual)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(kit.fills[bar.state])
        _box(painter, place, solid, 0.0)
        inside = _paint_overrun(painter, place, bar, solid)
    if bar.critical:
        painter.setPen(kit.critical)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        _box(painter, place, whole, kit.critical.widthF())
    _paint_number(painter, place, bar, inside, whole, room)


def _box(painter: QPainter, place: TimelineGeometry, rect: QRectF, pen: float) -> None:
    """Draw a rounded box with the pen and brush at hand, the pen wholly within."""
    half = pen / 2
    inner = rect.adjusted(half, half, -half, -half)
    corner = min(RADIUS_BAR * place.look.scale, inner.width() / 2, inner.height() / 2)
    painter.drawRoundedRect(inner, corner, corner)


def _paint_overrun(painter: QPainter, place: TimelineGeometry, bar: Bar, solid: QRectF) -> QRectF:
    """Paint the part beyond the step's time, amber while it runs; give what is left before it."""
    if bar.overrun is None:
        return solid
    over = place.body_rect(bar, bar.overrun)
    if bar.state in {BarState.RUNNING, BarState.FAILED}:
        paint_bar(painter, place.look, over, "warn_fill", "warn")
    else:
        x = crisp(over.left())
        painter.setPen(QPen(place.look.colour("on_acc"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QLineF(x, over.top() + 2, x, over.bottom() - 2))
    before = QRectF(solid)
    before.setRight(max(over.left(), solid.left()))
    return before


def _fits(place: TimelineGeometry, bar: Bar, rect: QRectF) -> bool:
    """Tell whether the number stands inside; asking for its width is dear, and seldom needed."""
    room = rect.width() - place.look.px(_AIR)
    return room > place.look.px(10) * len(bar.number) or (
        text_width(place.look, bar.number, NUMBER) <= room
    )


def _paint_number(
    painter: QPainter,
    place: TimelineGeometry,
    bar: Bar,
    inside: QRectF,
    whole: QRectF,
    room: tuple[float, float],
) -> None:
    """Paint the number on the solid part where it fits, beside the bar, or on a plate over it.

    A plate hides what is under it, so it is the first choice only where nothing has happened yet.
    """
    look = place.look
    is_solid = bar.actual is not None
    if is_solid and _fits(place, bar, inside):
        ink = _FILLS[bar.state][1]
        paint_text(painter, look, inside, bar.number, NUMBER, ink, MIDDLE, elide=False)
        return
    width = text_width(look, bar.number, NUMBER)
    ink = "t3" if bar.body is None else "t1"
    left = whole.right() + look.px(_BESIDE)
    if left + width > room[1]:
        left = whole.left() - look.px(_BESIDE) - width
    is_free = left >= room[0]
    if _fits(place, bar, whole) and not (is_solid and is_free):
        plate = QRectF(0, 0, width + look.px(3), look.px(15))
        plate.moveCenter(whole.center())
        painter.fillRect(plate, look.colour("bg1"))
        paint_text(painter, look, whole, bar.number, NUMBER, ink, MIDDLE, elide=False)
    elif is_free:
        beside = QRectF(left, whole.top(), width + 1, whole.height())
        paint_text(painter, look, beside, bar.number, NUMBER, ink, elide=False)


def room_beside(place: TimelineGeometry, bars: list[Bar], at: int) -> tuple[float, float]:
    """Give where the body before on the same track ends and the next begins, else the edges."""
    track, scale, plot = bars[at].track, place.scale, place.plot
    left, right = plot.left(), plot.right()
    for number in range(at - 1, -1, -1):
        body = bars[number].body
        if body is not None and bars[number].track == track:
            left = scale.x(body.end)
            break
    for number in range(at + 1, len(bars)):
        body = bars[number].body
        if body is not None and bars[number].track == track:
            right = scale.x(body.start)
            break
    return left, right


def crisp(position: float) -> float:
    """Give the middle of a pixel, where a line of one pixel is sharp."""
    return int(position) + 0.5
