"""Where everything of a timeline lies: lanes, bars and the bar under a point."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, islice
from operator import attrgetter
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import text_width
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.timeline_rows import Bar, Lane, Span, TimelineRows
from relconsole_ui.views.bridge.time_scale import TimeScale, on_pixels

FLAGS: Final = 26
AXIS: Final = 22
BRACKET: Final = 24
LANE_LEAST: Final = 30
LANE_OF_TWO_LINES: Final = 36
"""From this height on a lane has room for its owner too."""
LANE_MOST: Final = 50
BAR: Final = 21
PLAN: Final = 8
GAP: Final = 3
HEADER_LEAST: Final = 64
HEADER_MOST: Final = 150
NARROWEST: Final = 3.0

_start = attrgetter("start")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TimelineGeometry:
    """The places of one timeline in a viewport of ``size``; lanes are scrolled up by ``scrolled``.

    ``tops`` are the tops of the lanes before scrolling, one more than there are lanes.
    """

    look: Look
    rows: TimelineRows
    size: QSizeF
    scale: TimeScale
    header: float
    lane: float
    tops: tuple[float, ...]
    scrolled: float

    @property
    def axis(self) -> QRectF:
        """Give the strip of the clock times."""
        return QRectF(self.scale.left, self.look.px(FLAGS), self.scale.width, self.look.px(AXIS))

    @property
    def plot(self) -> QRectF:
        """Give the part in which the lanes lie, without their headers."""
        top = self.look.px(FLAGS + AXIS)
        foot = self.look.px(BRACKET) if self.rows.resumed else 0
        return QRectF(self.scale.left, top, self.scale.width, self.size.height() - top - foot)

    @property
    def lanes(self) -> QRectF:
        """Give the part in which lanes and headers lie."""
        plot = self.plot
        return QRectF(0, plot.top(), plot.right(), plot.height())

    @property
    def bracket(self) -> QRectF:
        """Give the strip that says from when on all is drawn as if resumed."""
        plot = self.plot
        return QRectF(plot.left(), plot.bottom(), plot.width(), self.look.px(BRACKET))

    @property
    def overflow(self) -> float:
        """Give by how many pixels the lanes are higher than their part."""
        return max(0.0, self.tops[-1] - self.plot.height())

    def visible_lanes(self) -> range:
        """Give the lanes of which some pixel is seen."""
        first = bisect_right(self.tops, self.scrolled) - 1
        beyond = bisect_left(self.tops, self.scrolled + self.plot.height())
        return range(max(first, 0), min(beyond, len(self.rows.lanes)))

    def lane_rect(self, lane: int) -> QRectF:
        """Give the place of a lane, its header included."""
        top = self.plot.top() - self.scrolled + self.tops[lane]
        return QRectF(0, top, self.plot.right(), self.tops[lane + 1] - self.tops[lane])

    def plan_rect(self, bar: Bar, part: Span) -> QRectF:
        """Give the place of a planned outline."""
        top = self._bar_top(bar) - self.look.px(PLAN + GAP)
        return self._stretch(part, top, self.look.px(PLAN))

    def body_rect(self, bar: Bar, part: Span) -> QRectF:
        """Give the place of a part of the solid or hatched body."""
        return self._stretch(part, self._bar_top(bar), self.body_height)

    def whole_rect(self, bar: Bar) -> QRectF:
        """Give the place of a bar with its plan and a pixel around."""
        part = Span(start=bar.start, end=bar.end)
        return self.plan_rect(bar, part).united(self.body_rect(bar, part)).adjusted(-2, -2, 2, 2)

    def visible_bars(self, lane: Lane) -> Iterator[Bar]:
        """Give the bars of a lane that reach into the shown stretch, in order."""
        shown = self.scale.shown
        first, beyond = self.visible_range(lane)
        return (bar for bar in islice(lane.bars, first, beyond) if bar.end >= shown.start)

    def visible_range(self, lane: Lane) -> tuple[int, int]:
        """Give from which bar on, and up to which, a lane may reach into the shown stretch."""
        shown = self.scale.shown
        return (
            bisect_left(lane.bars, shown.start - lane.longest, key=_start),
            bisect_right(lane.bars, shown.end, key=_start),
        )

    def scroll_for(self, bar: Bar) -> int:
        """Give how far the lanes must be scrolled, changed no more than needed to see a bar."""
        top, bottom = self.tops[bar.lane], self.tops[bar.lane + 1]
        return int(min(max(self.scrolled, bottom - self.plot.height()), top))

    def bar_at(self, point: QPointF) -> Bar | None:
        """Give the bar under a point, the one painted last where two touch."""
        if not self.plot.contains(point):
            return None
        for lane in self.visible_lanes():
            if self.lane_rect(lane).contains(point):
                hit = [
                    bar
                    for bar in self.visible_bars(self.rows.lanes[lane])
                    if self.whole_rect(bar).contains(point)
                ]
                return hit[-1] if hit else None
        return None

    @property
    def body_height(self) -> float:
        """Give how high the body of a bar is, less where lanes are tight."""
        return min(float(self.look.px(BAR)), self.lane - self.look.px(PLAN + GAP + 2))

    @property
    def shows_owners(self) -> bool:
        """Tell whether a lane has room for a second line."""
        return self.lane >= self.look.px(LANE_OF_TWO_LINES)

    def _bar_top(self, bar: Bar) -> float:
        """Give the top of a bar's body."""
        room = self.lane - self.look.px(PLAN + GAP) - self.body_height
        top = self.plot.top() - self.scrolled + self.tops[bar.lane]
        return top + room / 2 + self.look.px(PLAN + GAP) + bar.track * self.lane

    def _stretch(self, part: Span, top: float, height: float) -> QRectF:
        left, right = self.scale.x(part.start), self.scale.x(part.end)
        return QRectF(left, top, max(right - left, NARROWEST), height)

    def with_room(self, *, has_moved: bool) -> TimelineGeometry:
        """Give the places of a stretch twice as long where it ``has_moved``, within the whole.

        Its plot begins at the left edge, and a pixel is as long as in this one.
        """
        shown, whole = self.scale.shown, self.rows.span
        a_pixel = 1 / self.scale.pixels_a_second
        half = int(self.scale.width / 2) if has_moved else 0
        left = min(half, max(0, int((shown.start - whole.start) / a_pixel)))
        right = min(half, max(0, int((whole.end - shown.end) / a_pixel) + 1))
        wide = Span(start=shown.start - left * a_pixel, end=shown.end + right * a_pixel)
        width = self.scale.width + left + right
        return replace(
            self,
            size=QSizeF(width, self.size.height()),
            scale=TimeScale(shown=wide, left=0.0, width=width),
        )


def lay_out(
    look: Look,
    rows: TimelineRows,
    size: QSizeF,
    shown: Span,
    scrolled: float,
    before: TimelineGeometry | None = None,
) -> TimelineGeometry:
    """Give the places of a timeline in a viewport; ``before`` of the same lanes spares work."""
    if before is not None and before.rows is rows and before.size == size:
        return replace(
            before,
            scale=replace(before.scale, shown=on_pixels(shown, before.scale.width, rows.span)),
            scrolled=min(scrolled, before.overflow),
        )
    header = _header_width(look, rows, size.width())
    tracks = [lane.tracks for lane in rows.lanes]
    foot = BRACKET if rows.resumed else 0
    room = size.height() - look.px(FLAGS + AXIS) - look.px(foot)
    lane = min(max(room / max(sum(tracks), 1), look.px(LANE_LEAST)), float(look.px(LANE_MOST)))
    tops = tuple(accumulate((count * lane for count in tracks), initial=0.0))
    width = max(1.0, size.width() - header)
    return TimelineGeometry(
        look=look,
        rows=rows,
        size=size,
        scale=TimeScale(shown=on_pixels(shown, width, rows.span), left=header, width=width),
        header=header,
        lane=lane,
        tops=tops,
        scrolled=min(scrolled, max(0.0, tops[-1] - room)),
    )


def _header_width(look: Look, rows: TimelineRows, width: float) -> float:
    """Give how wide the names of the lanes are, of those that come first where there are many."""
    widest = max(
        (
            max(
                text_width(look, lane.title, TextRole.ROW_STRONG),
                text_width(look, lane.owner, TextRole.NOTE),
            )
            for lane in rows.lanes[:40]
        ),
        default=0.0,
    )
    most = min(float(look.px(HEADER_MOST)), width / 3)
    return float(int(min(max(widest + look.px(16), look.px(HEADER_LEAST)), most)))
