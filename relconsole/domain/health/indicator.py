"""One indicator against its limit, reading by reading.

A watch is a value; ``step_watch`` gives the next one. What the limits of several indicators mean
together, and what a person says about them, is in ``trigger``.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.observation import Observation, Unknown
from relconsole.domain.release.release import Indicator, Limit


class WatchState(StrEnum):
    """Where an indicator stands to its limit.

    Leaving is beyond the limit, but not yet for long enough; clearing is back inside, but not yet
    for long enough; unknown is never green and never beyond.
    """

    INSIDE = "inside"
    LEAVING = "leaving"
    LEFT = "left"
    CLEARING = "clearing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFailed:
    """The monitoring system did not answer, or not with a number; ``why`` is one phrase."""

    why: str


Reading = Observation[float] | Unknown | ReadFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class FalsePositive:
    """A person's word that an excursion says nothing about the release."""

    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is known of one indicator so far.

    ``since`` is when the state was entered, ``why`` why it is unknown. ``last`` is the newest
    reading with a number. ``beyond_since`` is when the present excursion was first seen,
    ``left_at`` when it had lasted long enough; both stay through unknown. ``suppressed_by`` is the
    running step for which the last reading was not judged. ``marked`` belongs to the present
    excursion; ``false_positives`` counts all of them, ``excursions`` every time the limit was left.
    """

    indicator: str
    state: WatchState = WatchState.UNKNOWN
    since: datetime | None = None
    why: str = "not read yet"
    last: Observation[float] | None = None
    beyond_since: datetime | None = None
    left_at: datetime | None = None
    suppressed_by: StepId | None = None
    marked: FalsePositive | None = None
    false_positives: int = 0
    excursions: int = 0

    @property
    def is_left(self) -> bool:
        """Tell whether the limit was left and has not been cleared, even where now unknown."""
        return self.left_at is not None

    @property
    def stands(self) -> bool:
        """Tell whether the limit is left and nobody called that a false positive."""
        return self.left_at is not None and self.marked is None

    def is_unknown(self, now: datetime) -> bool:
        """Tell whether there is no reading that may be relied on at this instant."""
        return (
            self.state is WatchState.UNKNOWN
            or self.last is None
            or isinstance(self.last.read(now), Unknown)
        )


def is_beyond(limit: Limit, value: float) -> bool:
    """Tell whether a value lies strictly beyond the limit; NaN never does."""
    return (limit.above is not None and value > limit.above) or (
        limit.below is not None and value < limit.below
    )


def is_well_inside(limit: Limit, value: float) -> bool:
    """Tell whether a value lies inside by at least the deadband; NaN never does."""
    return (limit.above is None or value <= limit.above - limit.deadband) and (
        limit.below is None or value >= limit.below + limit.deadband
    )


def step_watch(
    watch: Watch,
    indicator: Indicator,
    reading: Reading,
    now: datetime,
    running_steps: Collection[StepId],
) -> Watch:
    """Give the watch after one more look at an indicator.

    Delays are measured between the moments at which values were observed, so that one value shown
    twice is one value; a stretch that no fresh reading covers is unknown and starts them anew. The
    same reading again, one older than the last, and a failed read while the last is still fresh
    change nothing. Unknown, and a reading taken while a suppressing step runs, neither leave a
    limit nor clear one.
    """
    if isinstance(reading, ReadFailed):
        # What was read before holds for its time to live, however often monitoring falters.
        return _lose(watch, reading.why, now) if watch.is_unknown(now) else watch
    if isinstance(reading, Unknown):
        return _lose(watch, reading.why, reading.since or now)
    match reading.read(now):
        case Unknown(why=why):
            return _lose(watch, why, reading.observed_at)
        case value if math.isnan(value):
            return _lose(watch, f"{reading.source} answered no number", reading.observed_at)
        case _:
            return _judge(watch, indicator, reading, running_steps)


def _lose(watch: Watch, why: str, since: datetime) -> Watch:
    """Give the watch without a value; what was left stays left."""
    return replace(
        watch,
        state=WatchState.UNKNOWN,
        since=watch.since if watch.state is WatchState.UNKNOWN and watch.since else since,
        why=why,
        beyond_since=watch.beyond_since if watch.is_left else None,
    )


def _judge(
    watch: Watch,
    indicator: Indicator,
    reading: Observation[float],
    running_steps: Collection[StepId],
) -> Watch:
    """Give the watch after a fresh number."""
    at, last = reading.observed_at, watch.last
    is_again = last is not None and at <= last.observed_at
    if is_again and watch.state is not WatchState.UNKNOWN:
        return watch
    muted = next((step for step in indicator.suppressed_during if step in running_steps), None)
    if muted is None and is_again:
        # Seen before while a step muted it; the end of the step does not make it a new reading.
        muted = watch.suppressed_by
    is_broken = last is not None and at - last.observed_at > last.time_to_live
    limit = indicator.limit or Limit()
    seen = replace(watch, last=reading, suppressed_by=muted, why="")
    if watch.is_left:
        return _judge_left(seen, limit, reading, keeps_count=not is_broken)
    keeps_count = not is_broken and watch.suppressed_by is None
    return _judge_inside(seen, limit, reading, keeps_count=keeps_count)


def _judge_inside(
    watch: Watch, limit: Limit, reading: Observation[float], *, keeps_count: bool
) -> Watch:
    """Give the next state of a watch whose limit is not left."""
    at = reading.observed_at
    if not is_beyond(limit, reading.value):
        return replace(_enter(watch, WatchState.INSIDE, at), beyond_since=None)
    counts_on = watch.state is WatchState.LEAVING and keeps_count and watch.suppressed_by is None
    beyond_since = (watch.beyond_since if counts_on else None) or at
    if watch.suppressed_by is not None or at - beyond_since < limit.lasting:
        return replace(
            watch, state=WatchState.LEAVING, since=beyond_since, beyond_since=beyond_since
        )
    return replace(
        watch,
        state=WatchState.LEFT,
        since=at,
        beyond_since=beyond_since,
        left_at=at,
        excursions=watch.excursions + 1,
    )


def _judge_left(
    watch: Watch, limit: Limit, reading: Observation[float], *, keeps_count: bool
) -> Watch:
    """Give the next state of a watch whose limit is left: it stays so until it has cleared."""
    at = reading.observed_at
    if watch.suppressed_by is not None or not is_well_inside(limit, reading.value):
        return _enter(watch, WatchState.LEFT, at)
    counts_on = watch.state is WatchState.CLEARING and keeps_count
    since = (watch.since if counts_on else None) or at
    if at - since < limit.clearing:
        return replace(watch, state=WatchState.CLEARING, since=since)
    return replace(
        watch, state=WatchState.INSIDE, since=at, beyond_since=None, left_at=None, marked=None
    )


def _enter(watch: Watch, state: WatchState, at: datetime) -> Watch:
    """Give the watch in a state, with the moment kept where it was in it already."""
    return watch if watch.state is state else replace(watch, state=state, since=at)
