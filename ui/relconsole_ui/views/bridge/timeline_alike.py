"""Whether two states of a timeline would be painted alike, but for what moves with the clock."""

from __future__ import annotations

from relconsole_ui.presenters.timeline_rows import Bar, BarState, FlagKind, Span
from relconsole_ui.views.bridge.time_scale import TimeScale
from relconsole_ui.views.bridge.timeline_geometry import TimelineGeometry

_FINENESS = 2
"""Parts of a pixel by which an edge may move unseen."""


def look_alike(one: TimelineGeometry, other: TimelineGeometry) -> bool:
    """Tell whether the ground of one may stay while the other is shown."""
    if (
        one.size != other.size
        or one.tops != other.tops
        or one.header != other.header
        or one.scrolled != other.scrolled
        or bool(one.rows.resumed) != bool(other.rows.resumed)
        or one.rows.zone != other.rows.zone
        or one.rows.origin != other.rows.origin
        or _edge(one.scale, one.scale.shown) != _edge(one.scale, other.scale.shown)
    ):
        return False
    if _limits(one) != _limits(other):
        return False
    if one.rows.lanes is other.rows.lanes:
        return True
    return all(_lane(one, lane) == _lane(other, lane) for lane in other.visible_lanes())


def _limits(place: TimelineGeometry) -> list[tuple[FlagKind, int]]:
    return [
        (flag.kind, int(place.scale.x(flag.at)))
        for flag in place.rows.flags
        if flag.kind is not FlagKind.NOW
    ]


def _lane(place: TimelineGeometry, number: int) -> tuple[object, ...]:
    """Give what a lane looks like."""
    lane = place.rows.lanes[number]
    looks = tuple(_bar(place.scale, bar) for bar in place.visible_bars(lane))
    return lane.title, lane.owner, looks


def _bar(scale: TimeScale, bar: Bar) -> tuple[object, ...]:
    """Give what a bar looks like, of one that runs only what does not grow."""
    parts = (
        (bar.planned,)
        if bar.state is BarState.RUNNING
        else (bar.planned, bar.actual, bar.overrun, bar.forecast)
    )
    edges = tuple(None if part is None else _edge(scale, part) for part in parts)
    return bar.number, bar.state, bar.critical, bar.track, edges


def _edge(scale: TimeScale, part: Span) -> tuple[int, int]:
    return int(scale.x(part.start) * _FINENESS), int(scale.x(part.end) * _FINENESS)
