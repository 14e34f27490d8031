"""The alerts of what was observed: indicators, monitoring, systems that are away, the way back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from immutables import Map

from relconsole.domain.health.indicator import Watch
from relconsole.domain.health.trigger import dark_indicators, name_limit
from relconsole.domain.kernel.durations import format_duration
from relconsole.domain.night.alert import Alert, AlertKind, step_at
from relconsole.domain.night.alert_facts import AlertLevel
from relconsole.domain.night.alert_rules_time import NEAR
from relconsole.domain.night.away import Away
from relconsole.domain.night.muster import Muster
from relconsole.domain.night.readiness_of_steps import underway_steps
from relconsole.domain.night.state import RunState
from relconsole.domain.plan.forecast import Forecast
from relconsole.domain.release.release import Indicator, Release, Severity

LEVELS: Final[Mapping[Severity, AlertLevel]] = {
    Severity.CRITICAL: AlertLevel.CRITICAL,
    Severity.WARNING: AlertLevel.WARNING,
    Severity.INFO: AlertLevel.ADVISORY,
}
_GRAIN: Final = timedelta(minutes=5)
"""The forecast of the latest safe start moves with every step; less than this is no news."""

_SECOND: Final = timedelta(seconds=1)
_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What is seen at ``now``, in UTC, beside the record.

    ``watches`` are empty where nobody reads the indicators here: then they are unknown, which is
    never good news. ``away`` are the systems that do not answer, ``muster`` who is needed soon.
    """

    now: datetime
    watches: Mapping[str, Watch] = field(default_factory=Map[str, Watch])
    away: tuple[Away, ...] = ()
    forecast: Forecast | None = None
    muster: Muster | None = None


def alerts_of_sight(run: RunState, release: Release, sight: Sight) -> tuple[Alert, ...]:
    """Give what stands by what was observed, in no order; nothing once the run is over."""
    if run.is_over:
        return ()
    return (
        *_indicators(run, release, sight),
        *_dark(run, release, sight),
        *_away(run, sight),
        *_way_back(run, sight),
    )


def unwatched(release: Release, sight: Sight) -> tuple[str, ...]:
    """Give the indicators with a limit of which nothing is known here, by their ids."""
    return tuple(
        indicator.id
        for indicator in release.indicators
        if indicator.limit is not None and indicator.id not in sight.watches
    )


def _indicators(run: RunState, release: Release, sight: Sight) -> Iterator[Alert]:
    """Give the indicators beyond their limit that stand as no trigger yet."""
    for indicator in release.indicators:
        watch = sight.watches.get(indicator.id)
        if watch is not None and watch.stands and indicator.id not in run.triggers:
            yield from _left(run, indicator, watch, sight.now)


def _left(run: RunState, indicator: Indicator, watch: Watch, now: datetime) -> Iterator[Alert]:
    """Give an indicator that left its limit."""
    since, last = watch.beyond_since or watch.left_at, watch.last
    if since is None or last is None or indicator.limit is None:
        return
    age = format_duration(max((now - last.observed_at) // _SECOND, 0) * _SECOND)
    stale = "; now unknown" if watch.is_unknown(now) else ""
    yield Alert(
        kind=AlertKind.INDICATOR,
        thing=indicator.id,
        level=LEVELS[indicator.severity],
        what=indicator.title,
        value=f"{last.value:g} {indicator.unit}".rstrip() + f", {age} ago{stale}",
        limit=name_limit(indicator.limit, indicator.unit),
        since=since,
        cause=step_at(run, since),
        source=indicator.system,
        action="look at what the step changed; decide whether to go on",
    )


def _dark(run: RunState, release: Release, sight: Sight) -> Iterator[Alert]:
    """Give the critical indicators that nobody can see."""
    running = [step.id for step in underway_steps(run)]
    if not sight.watches:
        return
    for dark in dark_indicators(sight.watches, release.indicators, sight.now, running):
        since = dark.since or run.opened_at
        yield Alert(
            kind=AlertKind.DARK,
            thing=dark.indicator,
            level=AlertLevel.WARNING,
            what=f"{dark.title} is unknown",
            value=dark.why,
            since=since,
            cause=step_at(run, since),
            source=dark.system,
            action=f"bring {dark.system} back; nothing forward starts meanwhile",
        )


def _away(run: RunState, sight: Sight) -> Iterator[Alert]:
    """Give the systems that do not answer."""
    for away in sight.away:
        yield Alert(
            kind=AlertKind.AWAY,
            thing=away.system,
            level=AlertLevel.WARNING,
            what=f"{away.system} does not answer",
            value=away.says,
            since=away.since,
            cause=step_at(run, away.since),
            source=away.system,
            action="look at the system and the way to it; what is intended leaves when it answers",
        )


def _way_back(run: RunState, sight: Sight) -> Iterator[Alert]:
    """Give that turning back is possible in time for a while only, or no longer."""
    forecast = sight.forecast
    latest = None if forecast is None else forecast.latest_safe_start
    gone_back = run.rollback is not None and run.rollback.fired_at is not None
    if forecast is None or latest is None or gone_back or run.rehearsal or not run.touched():
        return
    latest -= (latest - _EPOCH) % _GRAIN
    if sight.now < latest - NEAR:
        return
    over = sight.now >= latest
    yield Alert(
        kind=AlertKind.WAY_BACK,
        thing="past" if over else "near",
        level=AlertLevel.ADVISORY if over else AlertLevel.WARNING,
        what="a rollback would end after the deadline"
        if over
        else "the latest safe rollback start is near",
        since=latest if over else latest - NEAR,
        cause=step_at(run, sight.now),
        action="only forward in time" if over else "decide whether to go on or back",
        act_by=None if over else forecast.decide_by,
    )
