"""Walking from bar to bar by keyboard, in time within a lane and across lanes; no Qt."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from relconsole.domain.kernel.ids import StepId
from relconsole_ui.presenters.timeline_rows import Bar, BarState, Lane, TimelineRows


class Walk(StrEnum):
    """Where to go from the chosen bar."""

    EARLIER = "earlier"
    LATER = "later"
    LANE_ABOVE = "lane above"
    LANE_BELOW = "lane below"
    FIRST = "first"
    LAST = "last"


def walk(rows: TimelineRows, chosen: StepId | None, where: Walk) -> Bar | None:
    """Give the bar to go to; from none, the one that runs, else the next one, else the last.

    At an edge the chosen one stays. None where there is no bar at all.
    """
    lanes = [lane for lane in rows.lanes if lane.bars]
    here = next(
        ((at, bar) for at, lane in enumerate(lanes) for bar in lane.bars if bar.step == chosen),
        None,
    )
    if not lanes:
        return None
    if where is Walk.FIRST:
        return min(rows.bars, key=lambda one: one.start)
    if where is Walk.LAST:
        return max(rows.bars, key=lambda one: one.end)
    if here is None:
        return _entry(rows)
    at, bar = here
    within = lanes[at].bars
    place = within.index(bar)
    match where:
        case Walk.EARLIER:
            return within[max(place - 1, 0)]
        case Walk.LATER:
            return within[min(place + 1, len(within) - 1)]
        case Walk.LANE_ABOVE:
            return bar if at == 0 else _nearest(lanes[at - 1], bar)
        case Walk.LANE_BELOW:
            return bar if at == len(lanes) - 1 else _nearest(lanes[at + 1], bar)
        case _:
            assert_never(where)


def _entry(rows: TimelineRows) -> Bar:
    """Give the bar at which a person comes in."""
    bars = rows.bars
    running = [bar for bar in bars if bar.state is BarState.RUNNING]
    ahead = [bar for bar in bars if bar.end >= rows.now]
    return min(running or ahead or bars[-1:], key=lambda bar: bar.start)


def _nearest(lane: Lane, bar: Bar) -> Bar:
    """Give the bar of a lane that lies nearest in time."""
    return min(lane.bars, key=lambda one: max(one.start - bar.end, bar.start - one.end, 0.0))
