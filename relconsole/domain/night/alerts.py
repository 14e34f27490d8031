"""The alerts that stand in a night, with what people said of them, the severest first.

To acknowledge is not to silence and not to clear: an acknowledged alert stands on, one that returns
is not acknowledged, and one that is shelved comes back by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.alert import Alert, AlertKind, severity
from relconsole.domain.night.alert_rules import alerts_of_record
from relconsole.domain.night.alert_rules_muster import alerts_of_muster
from relconsole.domain.night.alert_sight import Sight, alerts_of_sight
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.state import UNDERWAY, AlertMark, RunState
from relconsole.domain.release.release import Release


class AlertState(StrEnum):
    """What people have said of an alert that stands."""

    NEW = "new"
    RETURNED = "returned"
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingAlert:
    """An alert with what was said of it.

    ``by`` is who said so and ``at`` when, of one that returned the last who had seen it, None where
    nobody did; ``note`` is their note or reason, ``until`` how long it is shelved.
    """

    alert: Alert
    state: AlertState
    by: PersonId | None = None
    at: datetime | None = None
    note: str = ""
    until: datetime | None = None

    @property
    def calls(self) -> bool:
        """Tell whether it still waits for somebody to say that they have seen it."""
        return self.state in {AlertState.NEW, AlertState.RETURNED}


def standing_alerts(
    run: RunState | None, release: Release, sight: Sight
) -> tuple[StandingAlert, ...]:
    """Give every alert that stands, by level, then the oldest first.

    Before the run is opened only its muster can stand against a night.
    """
    found = (*alerts_of_muster(run, release, sight), *_of_run(run, release, sight))
    in_order = sorted(found, key=lambda each: (severity(each.level), each.since, each.key))
    return tuple(
        StandingAlert(alert=alert, state=AlertState.NEW)
        if run is None
        else with_mark(run, alert, sight.now)
        for alert in in_order
    )


def _of_run(run: RunState | None, release: Release, sight: Sight) -> tuple[Alert, ...]:
    """Give what stands against a run; a hold for dark monitoring is told by its indicators."""
    if run is None:
        return ()
    seen = alerts_of_sight(run, release, sight)
    dark = any(alert.kind is AlertKind.DARK for alert in seen)
    repeated = f"{AlertKind.HOLD}:{HoldCause.MONITORING}/monitoring" if dark else ""
    known = alerts_of_record(run, release, sight.now)
    return (*seen, *(alert for alert in known if alert.key != repeated))


def with_mark(run: RunState, alert: Alert, now: datetime) -> StandingAlert:
    """Give an alert with what people said of it; nothing holds for one that has become worse."""
    mark = run.alert_marks.get(alert.key)
    if mark is None:
        return StandingAlert(alert=alert, state=AlertState.NEW)
    shelf, seen = mark.shelved, mark.acknowledged
    holds = shelf is not None and is_shelved(run, mark, now)
    if shelf is not None and holds and severity(alert.level) >= severity(shelf.level):
        return StandingAlert(
            alert=alert,
            state=AlertState.SHELVED,
            by=mark.shelved_by,
            at=mark.shelved_at,
            note=shelf.reason,
            until=shelf.until,
        )
    covers = (
        seen is not None
        and alert.since <= seen.since
        and severity(alert.level) >= severity(seen.level)
    )
    return StandingAlert(
        alert=alert,
        state=AlertState.ACKNOWLEDGED if covers else AlertState.RETURNED,
        by=mark.seen_by,
        at=mark.seen_at,
        note=seen.note if seen is not None else "",
    )


def is_shelved(run: RunState, mark: AlertMark, now: datetime) -> bool:
    """Tell whether a shelf still holds: its time has not come and its step is under way."""
    shelf = mark.shelved
    if shelf is None or now >= shelf.until:
        return False
    step = None if shelf.during is None else run.steps.get(shelf.during)
    return shelf.during is None or (step is not None and step.state in UNDERWAY)
