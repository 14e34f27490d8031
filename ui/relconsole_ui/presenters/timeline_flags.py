"""The instants that are flagged above the timeline: now, the latest safe start, the no return."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.timeline_rows import Bar, BarState, Flag, FlagKind, Severity
from relconsole_ui.presenters.words import clock

NEAR: Final = 1_800.0
"""Seconds before an instant from which its flag is a warning."""


def flags_of(seen: Seen, origin: datetime, bars: Sequence[Bar]) -> tuple[Flag, ...]:
    """Give the flags, now first; those that fall into one minute are one."""
    now = (seen.now - origin).total_seconds()
    flags = [
        Flag(kind=FlagKind.NOW, at=now, says=f"Now {clock(seen.now, seen.zone)}"),
    ]
    safe, passing = _latest_safe(seen, origin, now), _no_return(bars, now, seen, origin)
    if safe is not None and passing is not None and _in_one_minute(safe, passing):
        both = Flag(
            kind=FlagKind.BOTH,
            at=passing.at,
            says=f"Last safe, no return {_clock(seen, origin, passing.at)}",
            severity=passing.severity,
        )
        return (*flags, both)
    return (*flags, *(flag for flag in (safe, passing) if flag is not None))


def _latest_safe(seen: Seen, origin: datetime, now: float) -> Flag | None:
    """Give until when going back can start; None once there is no way back, or it is gone."""
    run, forecast = seen.run, seen.forecast
    if forecast is None or forecast.latest_safe_start is None:
        return None
    if run is not None and (run.is_over or (run.rollback is not None and run.rollback.is_running)):
        return None
    at = (forecast.latest_safe_start - origin).total_seconds()
    wall = clock(forecast.latest_safe_start, seen.zone)
    if at < now:
        says = f"Latest safe passed {wall}"
        return Flag(kind=FlagKind.LATEST_SAFE, at=at, says=says, severity=Severity.PASSED)
    return Flag(
        kind=FlagKind.LATEST_SAFE,
        at=at,
        says=f"Latest safe {wall}",
        severity=_nearness(at, now),
    )


def _no_return(bars: Sequence[Bar], now: float, seen: Seen, origin: datetime) -> Flag | None:
    """Give when the first step that cannot be undone begins, or began."""
    begun = [bar.actual.start for bar in bars if bar.irreversible and bar.actual is not None]
    if begun:
        at = min(begun)
        return Flag(
            kind=FlagKind.NO_RETURN,
            at=at,
            says=f"No return passed {_clock(seen, origin, at)}",
            severity=Severity.PASSED,
        )
    ahead = [
        bar.forecast.start
        for bar in bars
        if bar.irreversible and bar.forecast is not None and bar.state is BarState.AHEAD
    ]
    if not ahead:
        return None
    at = min(ahead)
    return Flag(
        kind=FlagKind.NO_RETURN,
        at=at,
        says=f"No return {_clock(seen, origin, at)}",
        severity=_nearness(at, now),
    )


def _nearness(at: float, now: float) -> Severity:
    return Severity.NEAR if at - now <= NEAR else Severity.CALM


def _in_one_minute(one: Flag, other: Flag) -> bool:
    """Tell whether two flags show one time and neither has passed."""
    return Severity.PASSED not in {one.severity, other.severity} and one.at // 60 == other.at // 60


def _clock(seen: Seen, origin: datetime, at: float) -> str:
    return clock(origin + timedelta(seconds=at), seen.zone)
