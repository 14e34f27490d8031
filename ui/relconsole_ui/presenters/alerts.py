"""What stands against the night, as it is put into words: one alert, its rest, its state."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, assert_never

from relconsole.domain.console.mustering import muster_of
from relconsole.domain.night.alert import Alert, severity
from relconsole.domain.night.alert_facts import AlertLevel
from relconsole.domain.night.alert_memory import (
    AlertGroup,
    AlertMemory,
    ClearedAlert,
    grouped,
    is_flood,
    recent_alerts,
)
from relconsole.domain.night.alert_sight import Sight
from relconsole.domain.night.alerts import AlertState, StandingAlert, standing_alerts
from relconsole.domain.night.away import Away
from relconsole.domain.night.muster import Muster
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.lateness import numbers
from relconsole_ui.presenters.seen import Seen, SourceStanding
from relconsole_ui.presenters.words import clock, clock_seconds, counted

STATUS_OF: Final[Mapping[AlertLevel, Status]] = {
    AlertLevel.CRITICAL: Status.CRITICAL,
    AlertLevel.WARNING: Status.WARNING,
    AlertLevel.ADVISORY: Status.ADVISORY,
}
FOLD: Final = "fold:"
"""How the key of a folded row begins; the key of the alert that came first follows."""

MOST_UNFOLDED: Final = 2
"""So many alerts stand under the one that came first; more are folded."""

_LEVELS: Final[Mapping[AlertLevel, tuple[str, str]]] = {
    AlertLevel.CRITICAL: ("critical", "critical"),
    AlertLevel.WARNING: ("warning", "warnings"),
    AlertLevel.ADVISORY: ("advisory", "advisories"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The alerts at an instant: those that are shown, severest first, and those put aside."""

    shown: tuple[StandingAlert, ...]
    shelved: tuple[StandingAlert, ...]
    groups: tuple[AlertGroup, ...]
    is_flood: bool

    def find(self, key: str) -> StandingAlert | None:
        """Give the alert of a key, None where none stands."""
        return next((each for each in self.all if each.alert.key == key), None)

    @property
    def all(self) -> tuple[StandingAlert, ...]:
        """Give every alert that stands."""
        return (*self.shown, *self.shelved)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """An alert in the list; ``state`` is empty where it still calls for somebody.

    ``is_over`` marks one that stands no more; ``is_rest`` one that is folded under its cause.
    """

    key: str
    says: str
    below: str
    action: str
    status: Status
    state: str
    calls: bool = False
    may_shelve: bool = False
    is_shelved: bool = False
    is_over: bool = False
    is_rest: bool = False

    @property
    def sentence(self) -> str:
        """Give the alert as it is spoken."""
        parts = (self.status.value, self.says, self.below, self.state, self.action)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRows:
    """The list of what stands, what is put aside, and what is over."""

    rows: tuple[AlertRow, ...]
    note: str
    empty: str = ""


def sight_of(seen: Seen, muster: Muster | None = None) -> Sight:
    """Give what is seen beside the record; ``muster`` where it was worked out before."""
    away = tuple(
        Away(system=each.system, failures=1, since=each.since, says=each.why, asked_in=0.0)
        for each in seen.sources
        if each.standing is SourceStanding.AWAY and each.since is not None
    )
    return Sight(
        now=seen.now,
        watches=seen.watches,
        away=away,
        forecast=seen.forecast,
        muster=muster or muster_of_seen(seen),
    )


def muster_of_seen(seen: Seen) -> Muster:
    """Give who is needed soon, and who of them is there."""
    return muster_of(seen.state, seen.release, seen.now, seen.run, seen.forecast)


def alerts_of(seen: Seen, muster: Muster | None = None) -> Standing:
    """Give the alerts that stand."""
    found = standing_alerts(seen.run, seen.release, sight_of(seen, muster))
    shown = tuple(each for each in found if each.state is not AlertState.SHELVED)
    alerts = [each.alert for each in shown]
    return Standing(
        shown=shown,
        shelved=tuple(each for each in found if each.state is AlertState.SHELVED),
        groups=grouped(alerts, seen.now),
        is_flood=is_flood(alerts, seen.now),
    )


def present_alerts(
    seen: Seen, standing: Standing, memory: AlertMemory, unfolded: Collection[str] = ()
) -> AlertRows:
    """Give the list: in a flood what came first of each cause, its rest folded into one row.

    ``unfolded`` holds the keys of folded rows whose alerts are shown one by one.
    """
    rows: list[AlertRow] = []
    for group in standing.groups:
        rows.append(_row(seen, standing, group.first))
        if len(group.rest) > MOST_UNFOLDED:
            rows.append(_folded(standing, group))
        if len(group.rest) <= MOST_UNFOLDED or fold_key(group) in unfolded:
            rows.extend(_row(seen, standing, each, is_rest=True) for each in group.rest)
    rows.extend(_row(seen, standing, each.alert) for each in standing.shelved)
    rows.extend(_over(seen, each) for each in recent_alerts(memory, seen.now))
    shelved = len(standing.shelved)
    stands = f"{len(standing.shown)} standing"
    return AlertRows(
        rows=tuple(rows),
        note=f"{stands}, {shelved} shelved" if shelved else stands,
        empty="" if rows else "Nothing stands against the night, and nothing did.",
    )


def fold_key(group: AlertGroup) -> str:
    """Give the key of the row into which the rest of a group is folded."""
    return f"{FOLD}{group.first.key}"


def _folded(standing: Standing, group: AlertGroup) -> AlertRow:
    rest = tuple(each for each in standing.shown if each.alert in group.rest)
    return AlertRow(
        key=fold_key(group),
        says=f"+{len(group.rest)} that came after it",
        below=level_counts(rest),
        action="Enter shows them one by one, or folds them again",
        status=STATUS_OF[min((each.level for each in group.rest), key=severity)],
        state="",
        calls=any(each.calls for each in rest),
        is_rest=True,
    )


def since_words(seen: Seen, alert: Alert) -> str:
    """Give since when an alert stands, and in which step it came."""
    run = seen.run
    step = ""
    if alert.cause is not None:
        number = None if run is None else numbers(run).get(alert.cause)
        step = alert.cause if number is None else str(number)
    since = f"since {clock_seconds(alert.since, seen.zone)}"
    return f"{since}, in step {step}" if step else since


def level_counts(alerts: tuple[StandingAlert, ...]) -> str:
    """Give how many alerts of each level there are, none of what there is none of."""
    parts = [
        counted(sum(each.alert.level is level for each in alerts), one, many)
        for level, (one, many) in _LEVELS.items()
        if any(each.alert.level is level for each in alerts)
    ]
    return ", ".join(parts)


def _row(seen: Seen, standing: Standing, alert: Alert, *, is_rest: bool = False) -> AlertRow:
    found = standing.find(alert.key)
    state = AlertState.NEW if found is None else found.state
    act_by = "" if alert.act_by is None else f" by {clock(alert.act_by, seen.zone)}"
    return AlertRow(
        key=alert.key,
        says=alert.says,
        below=since_words(seen, alert),
        action=f"{alert.action}{act_by}",
        status=STATUS_OF[alert.level],
        state="" if found is None else _state(seen, found),
        calls=found is not None and found.calls,
        may_shelve=seen.run is not None and state is not AlertState.SHELVED,
        is_shelved=state is AlertState.SHELVED,
        is_rest=is_rest,
    )


def _state(seen: Seen, found: StandingAlert) -> str:
    who = "" if found.by is None else f" by {seen.name(found.by)}"
    at = _at(seen, found.at)
    match found.state:
        case AlertState.NEW:
            return ""
        case AlertState.RETURNED:
            return "returned, not acknowledged"
        case AlertState.ACKNOWLEDGED:
            return f"acknowledged{who}{at}"
        case AlertState.SHELVED:
            until = "" if found.until is None else f" until {clock(found.until, seen.zone)}"
            return f"shelved{who}{until}: {found.note}"
        case _:
            assert_never(found.state)


def _at(seen: Seen, moment: datetime | None) -> str:
    return "" if moment is None else f" {clock_seconds(moment, seen.zone)}"


def _over(seen: Seen, cleared: ClearedAlert) -> AlertRow:
    over = clock_seconds(cleared.cleared, seen.zone)
    return AlertRow(
        key=f"over:{cleared.alert.key}:{over}",
        says=cleared.alert.says,
        below=since_words(seen, cleared.alert),
        action="",
        status=Status.DONE,
        state=f"over {over}",
        is_over=True,
    )
