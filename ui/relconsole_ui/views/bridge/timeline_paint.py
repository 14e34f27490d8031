"""Painting a timeline: the still ground, and what moves with the clock on top of it."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from relconsole_ui.design.paint import paint_bar, paint_text, text_width
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.axis import Tick, axis_ticks
from relconsole_ui.presenters.timeline_rows import Bar, FlagKind
from relconsole_ui.views.bridge.timeline_bars import Kit, crisp, paint_body, paint_lane, room_beside
from relconsole_ui.views.bridge.timeline_dense import DENSE
from relconsole_ui.views.bridge.timeline_geometry import FLAGS, TimelineGeometry


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
            paint_lane(painter, place, lane, kit)


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
        paint_body(painter, place, bar, room_beside(place, bars, bars.index(bar)), kit)
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
        QLineF(plot.left(), crisp(y), plot.right(), crisp(y))
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
    top = crisp(place.plot.top())
    painter.setPen(QPen(place.look.colour("line"), 1))
    painter.drawLine(QLineF(0, top, place.header, top))
    for lane in place.visible_lanes():
        _paint_header(painter, place, lane)


def _paint_header(painter: QPainter, place: TimelineGeometry, lane: int) -> None:
    """Paint the name of a lane, who works in it, and the line below it."""
    look, row, rect = place.look, place.rows.lanes[lane], place.lane_rect(lane)
    painter.setPen(QPen(look.colour("line"), 1))
    bottom = crisp(rect.bottom())
    painter.drawLine(QLineF(0, bottom, place.header, bottom))
    room = place.header - look.px(10)
    first, second = look.px(17), look.px(16)
    has_owner = bool(row.owner) and place.shows_owners
    taken = first + second if has_owner else first
    top = rect.top() + max(0.0, (place.lane - taken) / 2)
    title = QRectF(0, top, room, first)
    paint_text(painter, look, title, row.title, TextRole.ROW_STRONG)
    if has_owner:
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
        x = crisp(max(left.right() - 1, min(right.left() + 1, left.right())))
        down = before.lane < after.lane
        start = left.bottom() if down else left.top()
        end = right.top() if down else right.bottom()
        painter.drawLine(QLineF(x, start, x, end))
        if right.left() > x + 1:
            middle = right.center().y()
            painter.drawLine(QLineF(x, end, x, middle))
            painter.drawLine(QLineF(x, crisp(middle), right.left(), crisp(middle)))


def paint_bracket(painter: QPainter, place: TimelineGeometry) -> None:
    """Paint that nothing runs, and from when on all is drawn as if it did."""
    look, strip = place.look, place.bracket
    words = "not running: drawn as if resumed now"
    left = min(max(place.scale.x(place.rows.now), strip.left()), strip.right())
    right = strip.right() - 1
    middle = crisp(strip.center().y())
    width = text_width(look, words, TextRole.NOTE_STRONG)
    centre = max((left + right) / 2, strip.left() + width / 2)
    centre = min(centre, right - width / 2)
    text = QRectF(centre - width / 2, strip.top(), width + 1, strip.height())
    painter.setPen(QPen(look.colour("t2"), 1))
    tick = look.px(6)
    for start, end in ((left, text.left() - look.px(8)), (text.right() + look.px(8), right)):
        if end > start:
            painter.drawLine(QLineF(start, middle, end, middle))
    painter.drawLine(QLineF(crisp(left), middle - tick, crisp(left), middle))
    painter.drawLine(QLineF(crisp(right), middle - tick, crisp(right), middle))
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
    return crisp(place.scale.x(at))
