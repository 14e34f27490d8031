"""The alert strip: one line that is always there, the highest first, and how the sources stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from relconsole.domain.night.alert import Alert, severity
from relconsole.domain.night.alert_facts import AlertLevel
from relconsole.domain.night.alert_memory import AlertGroup, AlertMemory, recent_alerts
from relconsole.domain.night.alerts import StandingAlert
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.alerts import (
    STATUS_OF,
    Standing,
    level_counts,
    since_words,
)
from relconsole_ui.presenters.lateness import numbers
from relconsole_ui.presenters.seen import Seen, Source, SourceStanding
from relconsole_ui.presenters.sources import blind_since
from relconsole_ui.presenters.words import clock, clock_seconds, minutes

_TONES: Final = {
    AlertLevel.CRITICAL: "crit",
    AlertLevel.WARNING: "warn",
    AlertLevel.ADVISORY: "plain",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StripRows:
    """The strip; ``tone`` is quiet, plain, warn, crit, or blind where no source is live.

    ``key`` names the alert that is shown, empty where none is. ``is_outline`` tells that it was
    acknowledged, and so is no longer filled. ``acknowledges`` are the keys that one stroke covers.
    """

    tone: str
    says: str
    rest: str
    sources: str
    sources_status: Status | None
    status: Status | None = None
    key: str = ""
    is_outline: bool = False
    acknowledges: tuple[str, ...] = ()
    shelved: str = ""
    may_open: bool = False
    may_retry: bool = False

    @property
    def sentence(self) -> str:
        """Give the strip as it is spoken."""
        level = "" if self.status is None else self.status.value
        parts = (level, self.says, self.rest, self.shelved, self.sources)
        return ", ".join(part for part in parts if part)


def present_strip(seen: Seen, standing: Standing, memory: AlertMemory) -> StripRows:
    """Give the strip: blind first, then the severest that stands, then quiet."""
    sources, sources_status = _sources(seen)
    shelved = f"{len(standing.shelved)} shelved" if standing.shelved else ""
    blind = blind_since(seen)
    if blind is not None:
        others = level_counts(standing.shown)
        why = next((each.why for each in seen.sources if each.why), "no source answers")
        told = f"{why} since {clock_seconds(blind, seen.zone)}; this console and its journal run"
        return StripRows(
            tone="blind",
            says=f"Production not visible for {minutes(seen.now - blind)}",
            rest=f"{told}; {others}" if others else told,
            sources=sources,
            sources_status=sources_status,
            status=Status.UNKNOWN,
            shelved=shelved,
            may_open=bool(standing.all),
            may_retry=True,
        )
    if not standing.shown:
        return StripRows(
            tone="quiet",
            says="No active alerts",
            rest=_last(seen, memory),
            sources=sources,
            sources_status=sources_status,
            shelved=shelved,
            may_open=bool(standing.shelved) or bool(memory.cleared),
        )
    return _alert(seen, standing, sources, sources_status, shelved)


def _alert(
    seen: Seen, standing: Standing, sources: str, sources_status: Status | None, shelved: str
) -> StripRows:
    group = _first(standing)
    found = standing.find(group.first.key)
    calling = tuple(each.key for each in (group.first, *group.rest) if _calls(standing, each))
    return StripRows(
        tone=_TONES[group.level],
        says=group.first.says,
        rest=_rest(seen, standing, group),
        sources=sources,
        sources_status=sources_status,
        status=STATUS_OF[group.level],
        key=group.first.key,
        is_outline=not calling,
        acknowledges=calling if found is not None and seen.run is not None else (),
        shelved=shelved,
        may_open=True,
    )


def _first(standing: Standing) -> AlertGroup:
    """Give what is shown: the severest, and of these one that still calls."""

    def rank(group: AlertGroup) -> tuple[int, bool]:
        calls = any(_calls(standing, each) for each in (group.first, *group.rest))
        return (severity(group.level), not calls)

    return min(standing.groups, key=rank)


def _calls(standing: Standing, alert: Alert) -> bool:
    found = standing.find(alert.key)
    return found is not None and found.calls


def _rest(seen: Seen, standing: Standing, group: AlertGroup) -> str:
    """Give since when and where it came, what is folded under it, and what else stands."""
    keys = {each.key for each in (group.first, *group.rest)}
    others: tuple[StandingAlert, ...] = tuple(
        each for each in standing.shown if each.alert.key not in keys
    )
    run = seen.run
    step = group.first.cause
    cause = group.cause
    if run is not None and step is not None:
        cause = f"step {numbers(run).get(step, group.cause)}"
    folded = f"+{len(group.rest)} from {cause}" if group.rest else ""
    new = sum(each.calls for each in others)
    counts = level_counts(others)
    fresh = f"{counts}, {new} new" if new and new < len(others) else counts
    parts = (since_words(seen, group.first), folded, fresh)
    return "; ".join(part for part in parts if part)


def _last(seen: Seen, memory: AlertMemory) -> str:
    """Give what was over last."""
    recent = recent_alerts(memory, seen.now)
    if not recent:
        return ""
    return f"last: {recent[0].alert.what}, cleared {clock(recent[0].cleared, seen.zone)}"


def _sources(seen: Seen) -> tuple[str, Status | None]:
    """Give how many sources are live, and which one is not."""
    if not seen.sources:
        return "no source connected", None
    live = sum(each.standing is SourceStanding.LIVE for each in seen.sources)
    says = f"{live} of {len(seen.sources)} sources live"
    if live == len(seen.sources):
        return says, None
    if not live:
        return says, Status.UNKNOWN
    worst = min(
        (each for each in seen.sources if each.standing is not SourceStanding.LIVE),
        key=lambda each: each.since or seen.now,
    )
    return f"{says}, {_of(seen, worst)}", Status.STALE


def _of(seen: Seen, source: Source) -> str:
    if source.since is None:
        return f"{source.system} unknown"
    age: timedelta = seen.now - source.since
    return f"{source.system} {source.standing.value} {minutes(age)}"
