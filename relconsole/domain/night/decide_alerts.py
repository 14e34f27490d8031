"""What may be said of an alert: seen by anybody, put aside with a reason and for a time only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, assert_never

from relconsole.domain.kernel.refusal import Reason, Refusal, refuse
from relconsole.domain.night.alert import OBSERVED, AlertKind, kind_of_key, severity
from relconsole.domain.night.alert_commands import (
    AcknowledgeAlert,
    AlertCommand,
    ShelveAlert,
    UnshelveAlert,
)
from relconsole.domain.night.alert_facts import (
    AlertAcknowledged,
    AlertLevel,
    AlertShelved,
    AlertUnshelved,
)
from relconsole.domain.night.alert_rules import alerts_of_record
from relconsole.domain.night.alert_sight import LEVELS
from relconsole.domain.night.alerts import is_shelved
from relconsole.domain.night.around import (
    Around,
    attribution_reasons,
    commander_reasons,
    gather,
    owner_reasons,
    reason,
)
from relconsole.domain.night.evolve_alerts import AlertFact
from relconsole.domain.night.state import UNDERWAY, RunState

SHELF: Final = timedelta(minutes=15)
"""How long an alert is shelved where nobody says, and no step ends it."""

LONGEST_SHELF: Final = timedelta(minutes=60)


def decide_alert(
    around: Around, run: RunState, command: AlertCommand
) -> tuple[AlertFact, ...] | Refusal:
    """Give what was said of an alert."""
    person = (
        *attribution_reasons(around, run, command.alert),
        *owner_reasons(around, run, command.said, None, command.alert),
    )
    if isinstance(command, UnshelveAlert):
        mark = run.alert_marks.get(command.alert)
        if mark is None or not is_shelved(run, mark, around.now):
            return refuse("not_shelved", command.alert, f"{command.alert} is not shelved")
        return gather(person) or (_unshelved(run, command),)
    level = _level(around, run, command)
    if isinstance(level, Refusal):
        return level
    match command:
        case AcknowledgeAlert():
            return gather(person) or (_acknowledged(run, command, level),)
        case ShelveAlert():
            until = command.until or around.now + (LONGEST_SHELF if command.during else SHELF)
            barred = _shelf_reasons(around, run, command, level, until)
            return gather(person, barred) or (_shelved(run, command, level, until),)
        case _:
            assert_never(command)


def _level(
    around: Around, run: RunState, command: AcknowledgeAlert | ShelveAlert
) -> AlertLevel | Refusal:
    """Give how severe the alert is that was seen, or why it does not stand.

    What the record tells of is looked up here. Of what was observed the word of who saw it is
    taken, but never for less than the release says.
    """
    kind = kind_of_key(command.alert)
    if kind in OBSERVED:
        thing = command.alert.partition(":")[2]
        return _observed_level(around, kind, thing, command.level)
    standing = alerts_of_record(run, around.release, around.now)
    found = next((each for each in standing if each.key == command.alert), None)
    if found is None:
        says = f"no alert {command.alert} stands by the record"
        return refuse("no_alert", command.alert, says)
    if found.since > command.since:
        says = f"{command.alert} has returned since it was seen"
        return refuse("alert_returned", command.alert, says, "look at it again")
    return found.level


def _observed_level(
    around: Around, kind: AlertKind | None, thing: str, claimed: AlertLevel
) -> AlertLevel | Refusal:
    """Give how severe an observed alert is, or that the release has nothing of that name."""
    if kind in {AlertKind.AWAY, AlertKind.MUSTER}:
        return AlertLevel.WARNING
    if kind is AlertKind.WAY_BACK:
        return claimed
    found = next((each for each in around.release.indicators if each.id == thing), None)
    if found is None:
        return refuse("no_alert", thing, f"{around.release.id} has no indicator {thing}")
    return LEVELS[found.severity] if kind is AlertKind.INDICATOR else AlertLevel.WARNING


def _shelf_reasons(
    around: Around, run: RunState, command: ShelveAlert, level: AlertLevel, until: datetime
) -> tuple[Reason, ...]:
    """Give why an alert may not be put aside like this."""
    key, now = command.alert, around.now
    reasons: list[Reason] = []
    if not command.said.note.strip():
        reasons.append(reason("no_reason", key, "shelving needs a reason", "add a note"))
    if until <= now:
        reasons.append(reason("shelf_is_over", key, "the shelf would be over already"))
    if until > now + LONGEST_SHELF:
        says = "an alert is shelved for an hour at most"
        reasons.append(reason("shelf_too_long", key, says, "shelve it again then"))
    if command.during is not None:
        step = run.steps.get(command.during)
        if step is None or step.state not in UNDERWAY:
            says = f"{command.during} is not under way"
            reasons.append(reason("step_state", command.during, says, "leave the step out"))
    if level is AlertLevel.CRITICAL:
        reasons += commander_reasons(around, run, key)
    return tuple(reasons)


def _acknowledged(run: RunState, command: AcknowledgeAlert, level: AlertLevel) -> AlertAcknowledged:
    """Give the fact that an alert was seen, no worse than it was when seen."""
    said = command.said
    return AlertAcknowledged(
        run=run.id,
        alert=command.alert,
        since=command.since,
        level=max(level, command.level, key=severity),
        says=command.says,
        for_person=said.for_person,
        heard=said.heard,
        note=said.note,
    )


def _shelved(
    run: RunState, command: ShelveAlert, level: AlertLevel, until: datetime
) -> AlertShelved:
    """Give the fact that an alert is put aside."""
    said = command.said
    return AlertShelved(
        run=run.id,
        alert=command.alert,
        since=command.since,
        level=level,
        says=command.says,
        until=until,
        reason=said.note,
        during=command.during,
        for_person=said.for_person,
        heard=said.heard,
    )


def _unshelved(run: RunState, command: UnshelveAlert) -> AlertUnshelved:
    """Give the fact that an alert was taken back."""
    said = command.said
    return AlertUnshelved(
        run=run.id,
        alert=command.alert,
        for_person=said.for_person,
        heard=said.heard,
        note=said.note,
    )
