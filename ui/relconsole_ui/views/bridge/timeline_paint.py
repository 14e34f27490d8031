"""Painting a timeline: the still ground, and what moves with the clock on top of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE, paint_bar, paint_text, text_width
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.axis import Tick, axis_ticks
from relconsole_ui.presenters.timeline_rows import Bar, BarState, FlagKind, Lane
from relconsole_ui.views.bridge.timeline_dense import DENSE, DenseLanes
from relconsole_ui.views.bridge.timeline_geometry import FLAGS, TimelineGeometry

CRITICAL: Final = 2.0
NUMBER: Final = TextRole.NOTE_STRONG
_AIR: Final = 4
"""Pixels at 100 per cent that a number needs beside itself to stand inside its bar."""

_FILLS: Final = {
    BarState.RUNNING: ("acc_fill", "on_acc"),
    BarState.DONE: ("bar_done", "on_acc"),
    BarState.FAILED: ("crit_fill", "on_crit"),
    BarState.DROPPED: ("bar_done", "on_acc"),
    BarState.AHEAD: ("", "t1"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What painting uses again from frame to frame: the hatch of this look, and dense lanes."""

    hatch: QBrush
    dense: DenseLanes


def paint_ground(painter: QPainter, place: TimelineGeometry, kit: Kit) -> None:
    """Paint what stands still in the plot: lines, limits, critical path, bars that do not run."""
    _paint_grid(painter, place)
    _paint_limits(painter, place)
    painter.setClipRect(place.plot)
    _paint_connectors(painter, place)
    for number in place.visible_lanes():
        lane = place.rows.lanes[number]
        first, beyond = place.visible_range(lane)
        if _is_dense(place, first, beyond):
            kit.dense.paint(painter, place, lane, first, beyond)
        else:
            _paint_lane(painter, place, lane, kit)


def _is_dense(place: TimelineGeometry, first: int, beyond: int) -> bool:
    """Tell whether there are more bars in sight than a person can tell apart."""
    return beyond - first > max(DENSE, place.scale.width / 2)


def paint_running(painter: QPainter, place: TimelineGeometry, kit: Kit) -> None:
    """Paint the bars that grow with the clock."""
    shown, lanes = place.scale.shown, place.visible_lanes()
    painter.save()
    painter.setClipRect(place.plot, Qt.ClipOperation.IntersectClip)
    for bar in place.rows.running:
        if bar.lane not in lanes or bar.end < shown.start or bar.start > shown.end:
            continue
        lane = place.rows.lanes[bar.lane]
        first, beyond = place.visible_range(lane)
        bars = [bar] if beyond - first > DENSE else list(place.visible_bars(lane))
        paint_body(painter, place, bar, _room_beside(place, bars, bars.index(bar)), kit)
    painter.restore()


def _paint_grid(painter: QPainter, place: TimelineGeometry) -> None:
    """Paint the lines of the ticks and between the lanes."""
    plot = place.plot
    lines = [
        QLineF(x, plot.top(), x, plot.bottom())
        for x in (_half(place, tick.at) for tick in _ticks(place))
    ]
    floors = [place.lane_rect(lane).bottom() for lane in place.visible_lanes()]
    lines += [
        QLineF(plot.left(), _crisp(y), plot.right(), _crisp(y))
        for y in (plot.top(), *(floor for floor in floors if floor <= plot.bottom()))
    ]
    painter.setPen(QPen(place.look.colour("line"), 1))
    painter.drawLines(lines)


def _ticks(place: TimelineGeometry) -> tuple[Tick, ...]:
    rows, shown = place.rows, place.scale.shown
    most = int(place.scale.width / place.look.px(84))
    return axis_ticks(rows.origin, rows.zone, shown.start, shown.end, most)


def paint_axis(painter: QPainter, place: TimelineGeometry) -> None:
    """Paint the clock times of the ticks, those at an edge moved in."""
    look, axis = place.look, place.axis
    for tick in _ticks(place):
        if tick.label:
            width = text_width(look, tick.label, TextRole.NOTE)
            left = place.scale.x(tick.at) - width / 2
            left = min(max(left, axis.left()), axis.right() - width)
            rect = QRectF(left, axis.top(), width + 1, axis.height())
            paint_text(painter, look, rect, tick.label, TextRole.NOTE, "t2")


def paint_headers(painter: QPainter, place: TimelineGeometry) -> None:
    """Paint the names of the lanes and who works in them."""
    painter.setClipRect(QRectF(0, place.plot.top(), place.header, place.plot.height()))
    top = _crisp(place.plot.top())
    painter.setPen(QPen(place.look.colour("line"), 1))
    painter.drawLine(QLineF(0, top, place.header, top))
    for lane in place.visible_lanes():
        _paint_header(painter, place, lane)


def _paint_header(painter: QPainter, place: TimelineGeometry, lane: int) -> None:
    """Paint the name of a lane, who works in it, and the line below it."""
    look, row, rect = place.look, place.rows.lanes[lane], place.lane_rect(lane)
    painter.setPen(QPen(look.colour("line"), 1))
    bottom = _crisp(rect.bottom())
    painter.drawLine(QLineF(0, bottom, place.header, bottom))
    room = place.header - look.px(10)
    first, second = look.px(17), look.px(16)
    top = rect.top() + max(0.0, (place.lane - first - second) / 2)
    if not row.owner:
        top = rect.top() + (place.lane - first) / 2
    title = QRectF(0, top, room, first)
    paint_text(painter, look, title, row.title, TextRole.ROW_STRONG)
    if row.owner:
        below = QRectF(0, title.bottom(), room, second)
        paint_text(painter, look, below, row.owner, TextRole.NOTE, "t2")


def _paint_limits(painter: QPainter, place: TimelineGeometry) -> None:
    """Paint the latest safe start dotted and the no return dashed, behind the bars."""
    for flag in place.rows.flags:
        if flag.kind is FlagKind.NOW:
            continue
        is_safe = flag.kind is FlagKind.LATEST_SAFE
        pen = QPen(place.look.colour("t1" if is_safe else "t2"), place.look.scale * 1.5)
        pen.setDashPattern([1.5, 2.5] if is_safe else [5.0, 3.0])
        painter.setPen(pen)
        x = _half(place, flag.at)
        painter.drawLine(QLineF(x, place.look.px(FLAGS - 4), x, place.plot.bottom()))


def _paint_connectors(painter: QPainter, place: TimelineGeometry) -> None:
    """Paint the critical path from the end of one body to the start of the next."""
    shown = place.scale.shown
    painter.setPen(QPen(place.look.colour("t2"), place.look.scale * 1.2))
    for each in place.rows.connectors:
        before, after = each.before, each.after
        ends, starts = before.body or before.planned, after.body or after.planned
        if before.lane == after.lane or ends is None or starts is None:
            continue
        if ends.end > shown.end or ends.end < shown.start:
            continue
        left, right = place.body_rect(before, ends), place.body_rect(after, starts)
        x = _crisp(max(left.right() - 1, min(right.left() + 1, left.right())))
        down = before.lane < after.lane
        start = left.bottom() if down else left.top()
        end = right.top() if down else right.bottom()
        painter.drawLine(QLineF(x, start, x, end))
        if right.left() > x + 1:
            middle = right.center().y()
            painter.drawLine(QLineF(x, end, x, middle))
            painter.drawLine(QLineF(x, _crisp(middle), right.left(), _crisp(middle)))


def _paint_lane(painter: QPainter, place: TimelineGeometry, lane: Lane, kit: Kit) -> None:
    """Paint the bars of a lane, but for the bodies of those that run."""
    bars = list(place.visible_bars(lane))
    for bar in bars:
        if bar.planned is not None:
            rect = place.plan_rect(bar, bar.planned)
            paint_bar(painter, place.look, rect, outline="bar_plan", width=1.2)
    for at, bar in enumerate(bars):
        if bar.state is not BarState.RUNNING:
            paint_body(painter, place, bar, _room_beside(place, bars, at), kit)


def paint_body(
    painter: QPainter, place: TimelineGeometry, bar: Bar, room: tuple[float, float], kit: Kit
) -> None:
    """Paint the body of a bar with its number, for which there is ``room`` on both sides."""
    look = place.look
    body = bar.body
    if body is None:
        if bar.state is BarState.DROPPED and bar.planned is not None:
            rect = place.body_rect(bar, bar.planned)
            paint_bar(painter, look, rect, outline="ctl", dashed=True)
            _paint_number(painter, place, bar, rect, room, "t3")
        return
    whole = place.body_rect(bar, body)
    fill, ink = _FILLS[bar.state]
    if bar.forecast is not None:
        paint_bar(painter, look, place.body_rect(bar, bar.forecast), "bg1", radius=3)
        paint_bar(painter, look, place.body_rect(bar, bar.forecast), kit.hatch, "bar", radius=3)
    inside = whole
    if bar.actual is not None:
        solid = place.body_rect(bar, bar.actual)
        paint_bar(painter, look, solid, fill, radius=3)
        inside = _paint_overrun(painter, place, bar, solid)
    if bar.critical:
        paint_bar(painter, look, whole, outline="t1", radius=3, width=CRITICAL)
    spot = inside if bar.actual is not None and _fits(look, bar, inside) else whole
    _paint_number(painter, place, bar, spot, room, ink if spot is inside else "t1")


def _paint_overrun(painter: QPainter, place: TimelineGeometry, bar: Bar, solid: QRectF) -> QRectF:
    """Paint the part beyond the step's time, amber while it runs; give what is left before it."""
    if bar.overrun is None:
        return solid
    over = place.body_rect(bar, bar.overrun)
    if bar.state in {BarState.RUNNING, BarState.FAILED}:
        paint_bar(painter, place.look, over, "warn_fill", "warn", radius=3)
    else:
        x = _crisp(over.left())
        painter.setPen(QPen(place.look.colour("on_acc"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QLineF(x, over.top() + 2, x, over.bottom() - 2))
    before = QRectF(solid)
    before.setRight(max(over.left(), solid.left()))
    return before


def _fits(look: Look, bar: Bar, rect: QRectF) -> bool:
    return text_width(look, bar.number, NUMBER) + look.px(_AIR) <= rect.width()


def _paint_number(
    painter: QPainter,
    place: TimelineGeometry,
    bar: Bar,
    rect: QRectF,
    room: tuple[float, float],
    ink: str,
) -> None:
    """Paint the number inside its bar where it fits, else after or before it, else not at all."""
    look = place.look
    width = text_width(look, bar.number, NUMBER)
    if _fits(look, bar, rect):
        if ink == "t1":
            plate = QRectF(0, 0, width + look.px(3), look.px(15))
            plate.moveCenter(rect.center())
            paint_bar(painter, look, plate, "bg1", radius=3)
        paint_text(painter, look, rect, bar.number, NUMBER, ink, MIDDLE, elide=False)
        return
    gap, colour = look.px(4), ink if ink == "t3" else "t1"
    left = rect.right() + gap
    if left + width > room[1]:
        left = rect.left() - gap - width
    if left >= room[0]:
        beside = QRectF(left, rect.top(), width + 1, rect.height())
        paint_text(painter, look, beside, bar.number, NUMBER, colour, elide=False)


def _room_beside(place: TimelineGeometry, bars: list[Bar], at: int) -> tuple[float, float]:
    """Give where the body before on the same track ends and the next begins, else the edges."""
    track, scale, plot = bars[at].track, place.scale, place.plot
    before = next(
        (one.body for one in reversed(bars[:at]) if one.track == track and one.body), None
    )
    after = next((one.body for one in bars[at + 1 :] if one.track == track and one.body), None)
    return (
        plot.left() if before is None else scale.x(before.end),
        plot.right() if after is None else scale.x(after.start),
    )


def paint_bracket(painter: QPainter, place: TimelineGeometry) -> None:
    """Paint that nothing runs, and from when on all is drawn as if it did."""
    look, strip = place.look, place.bracket
    words = "not running: drawn as if resumed now"
    left = min(max(place.scale.x(place.rows.now), strip.left()), strip.right())
    right = strip.right() - 1
    middle = _crisp(strip.center().y())
    width = text_width(look, words, TextRole.NOTE_STRONG)
    centre = max((left + right) / 2, strip.left() + width / 2)
    centre = min(centre, right - width / 2)
    text = QRectF(centre - width / 2, strip.top(), width + 1, strip.height())
    painter.setPen(QPen(look.colour("t2"), 1))
    tick = look.px(6)
    for start, end in ((left, text.left() - look.px(8)), (text.right() + look.px(8), right)):
        if end > start:
            painter.drawLine(QLineF(start, middle, end, middle))
    painter.drawLine(QLineF(_crisp(left), middle - tick, _crisp(left), middle))
    painter.drawLine(QLineF(_crisp(right), middle - tick, _crisp(right), middle))
    paint_text(painter, look, text, words, TextRole.NOTE_STRONG)


def paint_now(painter: QPainter, place: TimelineGeometry) -> None:
    """Paint the line of now through the lanes, over everything."""
    x = place.scale.x(place.rows.now)
    painter.setPen(QPen(place.look.colour("acc"), place.look.scale * 2))
    painter.drawLine(QPointF(x, place.look.px(4)), QPointF(x, place.plot.bottom()))


def paint_choice(painter: QPainter, place: TimelineGeometry, bar: Bar, *, has_focus: bool) -> None:
    """Paint the mark of the chosen bar: a ring, thicker while the keyboard is here."""
    painter.save()
    painter.setClipRect(place.plot, Qt.ClipOperation.IntersectClip)
    ring = place.whole_rect(bar).adjusted(-2, -2, 2, 2)
    width = 2.0 if has_focus else 1.0
    paint_bar(painter, place.look, ring, outline="acc", radius=5, width=width)
    painter.restore()


def _half(place: TimelineGeometry, at: float) -> float:
    return _crisp(place.scale.x(at))


def _crisp(position: float) -> float:
    """Give the middle of a pixel, where a line of one pixel is sharp."""
    return int(position) + 0.5
