"""Triggers: what stands against a release, and what monitoring no longer tells.

A trigger is a critical indicator whose limit is left. Monitoring that is dark holds a night; it is
never a trigger, because an outage of monitoring is not a bad release.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from relconsole.domain.health.indicator import FalsePositive, Watch
from relconsole.domain.kernel.durations import format_duration
from relconsole.domain.kernel.ids import StepId, SystemId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.observation import Unknown
from relconsole.domain.kernel.refusal import Reason, Refusal, refuse
from relconsole.domain.release.release import Indicator, Limit, Severity

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A critical indicator beyond its limit, with all that a person needs to judge it.

    ``value`` is the last known one, observed ``age`` ago; ``lasted`` is the time since it was first
    seen beyond the limit; ``stale`` says why there is no fresh value, empty where there is one.
    """

    indicator: str
    title: str
    value: float
    unit: str
    limit: Limit
    since: datetime
    left_at: datetime
    lasted: timedelta
    system: SystemId
    query: str
    source: str
    observed_at: datetime
    age: timedelta
    stale: str = ""

    @property
    def says(self) -> str:
        """Give the trigger in one sentence."""
        value = f"{self.value:g} {self.unit}".rstrip()
        text = (
            f"{self.title} is {value}, {name_limit(self.limit, self.unit)},"
            f" since {format_instant(self.since)} for {format_duration(_whole(self.lasted))};"
            f" {self.query!r} from {self.source}, {format_duration(_whole(self.age))} ago"
        )
        return f"{text}; now unknown: {self.stale}" if self.stale else text

    @property
    def reason(self) -> Reason:
        """Give the trigger as a reason against going on."""
        return Reason(
            rule="trigger_stands",
            thing=self.indicator,
            says=self.says,
            lifts=f"{_name_clearing(self.limit)}, or a named person marks it a false positive",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoringDark:
    """A critical indicator that nobody can see: a reason to hold, never one to roll back.

    ``since`` is the last good moment, None where there never was one.
    """

    indicator: str
    title: str
    system: SystemId
    query: str
    why: str
    since: datetime | None = None

    @property
    def reason(self) -> Reason:
        """Give it as a reason to hold."""
        when = f" since {format_instant(self.since)}" if self.since else ""
        return Reason(
            rule="monitoring_dark",
            thing=self.indicator,
            says=f"{self.title} is unknown{when}: {self.why}",
            lifts=f"a fresh value of {self.query!r} from {self.system}",
        )


def standing_triggers(
    watches: Mapping[str, Watch], indicators: Sequence[Indicator], now: datetime
) -> tuple[Trigger, ...]:
    """Give every trigger that stands, the one that left its limit first before the others.

    Two that left at one moment are ordered by when they were first seen beyond it, then by id.
    """
    found = [
        trigger
        for indicator in indicators
        if indicator.severity is Severity.CRITICAL and indicator.id in watches
        for trigger in _find_trigger(watches[indicator.id], indicator, now)
    ]
    return tuple(sorted(found, key=lambda each: (each.left_at, each.since, each.indicator)))


def _find_trigger(watch: Watch, indicator: Indicator, now: datetime) -> tuple[Trigger, ...]:
    """Give the trigger of one indicator, or none."""
    last, limit = watch.last, indicator.limit
    if not watch.stands or watch.left_at is None or last is None or limit is None:
        return ()
    since = watch.beyond_since or watch.left_at
    return (
        Trigger(
            indicator=indicator.id,
            title=indicator.title,
            value=last.value,
            unit=indicator.unit,
            limit=limit,
            since=since,
            left_at=watch.left_at,
            lasted=now - since,
            system=indicator.system,
            query=indicator.query,
            source=last.source,
            observed_at=last.observed_at,
            age=now - last.observed_at,
            stale=_why_unknown(watch, now),
        ),
    )


def dark_indicators(
    watches: Mapping[str, Watch],
    indicators: Sequence[Indicator],
    now: datetime,
    running_steps: Collection[StepId] = (),
) -> tuple[MonitoringDark, ...]:
    """Give every critical indicator with a limit that is unknown, in the order of the indicators.

    One that a running step suppresses is left out: nobody judges it just now.
    """
    return tuple(
        MonitoringDark(
            indicator=indicator.id,
            title=indicator.title,
            system=indicator.system,
            query=indicator.query,
            why=_why_unknown(watch, now),
            since=watch.last.observed_at if watch.last else None,
        )
        for indicator in indicators
        if indicator.severity is Severity.CRITICAL
        and indicator.limit is not None
        and set(running_steps).isdisjoint(indicator.suppressed_during)
        for watch in (watches.get(indicator.id, Watch(indicator=indicator.id)),)
        if watch.is_unknown(now)
    )


def mark_false_positive(watch: Watch, *, by: str, reason: str, now: datetime) -> Watch | Refusal:
    """Give the watch with its present excursion marked; the next one stands again."""
    if not watch.is_left:
        return refuse(
            "nothing_stands", watch.indicator, f"{watch.indicator} has not left its limit"
        )
    if watch.marked is not None:
        return refuse(
            "already_marked",
            watch.indicator,
            f"{watch.marked.by} marked this excursion of {watch.indicator} already",
        )
    if not reason.strip():
        return refuse(
            "reason_missing",
            watch.indicator,
            "a false positive needs a reason",
            "say why the excursion is not the release's",
        )
    return replace(
        watch,
        marked=FalsePositive(by=by, reason=reason, at=now),
        false_positives=watch.false_positives + 1,
    )


def _why_unknown(watch: Watch, now: datetime) -> str:
    """Give why a watch has no value now, empty where it has one."""
    if watch.why:
        return watch.why
    reading = watch.last.read(now) if watch.last else Unknown(why="not read yet")
    return reading.why if isinstance(reading, Unknown) else ""


def name_limit(limit: Limit, unit: str) -> str:
    """Give the limit in words."""
    sides = (("above", limit.above), ("below", limit.below))
    named = " or ".join(
        f"{word} {value:g} {unit}".rstrip() for word, value in sides if value is not None
    )
    lasting = f" for {format_duration(limit.lasting)}" if limit.lasting else ""
    return f"limit {named}{lasting}"


def _name_clearing(limit: Limit) -> str:
    """Give what clears the limit, in words."""
    band = f" by {limit.deadband:g}" if limit.deadband else ""
    clearing = f" for {format_duration(limit.clearing)}" if limit.clearing else ""
    return f"the value is back inside{band}{clearing}"


def _whole(duration: timedelta) -> timedelta:
    """Give the duration in whole seconds, never a negative one."""
    return max(duration // _SECOND, 0) * _SECOND
