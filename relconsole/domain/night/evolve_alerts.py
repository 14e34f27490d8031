"""How the facts about alerts change a run."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeAlias, assert_never

from relconsole.domain.kernel.changing import changed
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.alert_facts import AlertAcknowledged, AlertShelved, AlertUnshelved
from relconsole.domain.night.state import AlertMark, RunState

AlertFact: TypeAlias = AlertAcknowledged | AlertShelved | AlertUnshelved


def evolve_alert(run: RunState, fact: AlertFact, *, at: datetime, by: PersonId | None) -> RunState:
    """Give the run after somebody said something of an alert."""
    known = run.alert_marks.get(fact.alert, AlertMark())
    person = fact.for_person or by
    match fact:
        case AlertAcknowledged():
            mark = replace(known, acknowledged=fact, seen_by=person, seen_at=at)
        case AlertShelved():
            mark = replace(known, shelved=fact, shelved_by=person, shelved_at=at)
        case AlertUnshelved():
            mark = replace(known, shelved=None, shelved_by=None, shelved_at=None)
        case _:
            assert_never(fact)
    return changed(run, alert_marks=run.alert_marks.set(fact.alert, mark))
