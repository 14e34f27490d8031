"""What was said of alerts in a night, for its report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.alert_facts import AlertAcknowledged, AlertShelved, AlertUnshelved
from relconsole.domain.night.log import LoggedFact
from relconsole.domain.night.wording import one_line, say_clock, say_person
from relconsole.domain.record.recorded import Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """An act about an alert: acknowledged, shelved or unshelved.

    ``until`` is None but for a shelf; ``by`` recorded it, for ``for_person`` where that is somebody
    else.
    """

    at: datetime
    by: PersonId | None
    for_person: PersonId | None
    heard: str
    alert: str
    act: str
    says: str
    note: str
    until: datetime | None = None


def list_alert_acts(facts: Sequence[Recorded[LoggedFact]]) -> tuple[AlertRow, ...]:
    """Give what was said of alerts, in its order."""
    return tuple(row for each in facts for row in _row(each))


def _row(each: Recorded[LoggedFact]) -> Iterator[AlertRow]:
    """Give the row of a fact about an alert, nothing for another fact."""
    match each.fact:
        case AlertAcknowledged() as seen:
            act, says, note, until = "acknowledged", seen.says, seen.note, None
            fact: AlertAcknowledged | AlertShelved | AlertUnshelved = seen
        case AlertShelved() as shelf:
            act, says, note, until = "shelved", shelf.says, shelf.reason, shelf.until
            fact = shelf
        case AlertUnshelved() as back:
            act, says, note, until = "unshelved", "", back.note, None
            fact = back
        case _:
            return
    yield AlertRow(
        at=each.at,
        by=each.by,
        for_person=fact.for_person,
        heard=fact.heard,
        alert=fact.alert,
        act=act,
        says=says,
        note=note,
        until=until,
    )


def say_alert_act(row: AlertRow, zone: str) -> str:
    """Give a row in words, with wall times of an IANA zone beside UTC."""
    until = f" until {say_clock(row.until, zone)}" if row.until else ""
    says = f" ({one_line(row.says)})" if row.says else ""
    note = f": {one_line(row.note)}" if row.note else ""
    who = say_person(row.by, row.for_person, row.heard)
    return f"{say_clock(row.at, zone)} {one_line(row.alert)}{says} {row.act}{until} by {who}{note}"
