"""Who is not there when they should be."""

from __future__ import annotations

from collections.abc import Mapping

from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.alert import Alert
from relconsole.domain.night.alert_facts import AlertLevel
from relconsole.domain.night.alert_rules_muster import alerts_of_muster
from relconsole.domain.night.alert_sight import Sight
from relconsole.domain.night.alerts import AlertState, standing_alerts
from relconsole.domain.night.facts import RunEnded, RunOutcome
from relconsole.domain.night.muster import make_muster
from relconsole.domain.night.muster_marks import PersonMark
from tests.unit.domain.night.scenes import (
    ASHA,
    INES,
    JO,
    MARA,
    RUN,
    STOP,
    Night,
    at,
    begin,
    estate,
    release,
)
from tests.unit.domain.night.test_alert_rules import deploying

EVERYBODY = (MARA, INES, ASHA, JO)


def here(*people: PersonId) -> dict[PersonId, PersonMark]:
    return {person: PersonMark(here=True, answered_at=at(-90)) for person in people}


def seen(
    minute: float, marks: Mapping[PersonId, PersonMark], night: Night | None = None
) -> dict[str, Alert]:
    """What the muster at this minute of the window makes of who is there."""
    run = None if night is None else night.run
    muster = make_muster(release(), estate(), at(minute), run=run, marks=marks)
    found = alerts_of_muster(run, release(), Sight(now=at(minute), muster=muster))
    return {alert.key: alert for alert in found}


def test_that_a_muster_is_overdue_once_people_had_time_to_answer() -> None:
    assert seen(-56, {}) == {}
    late = seen(-55, here(MARA, INES))["muster:60m"]
    assert (late.level, late.since, late.act_by) == (AlertLevel.WARNING, at(-55), at(0))
    assert late.says == "2 of 4 are not at the muster of T-60: Asha Rao, Jo Park"
    assert set(seen(-12, here(MARA))) == {"muster:60m"}
    assert set(seen(-10, here(MARA))) == {"muster:15m"}


def test_that_a_muster_that_everybody_has_answered_is_not() -> None:
    assert seen(-10, here(*EVERYBODY)) == {}


def test_that_in_the_night_only_who_was_called_in_vain_is_told() -> None:
    night = deploying()
    assert seen(11, {}, night) == {}
    called = {JO: PersonMark(called_at=at(11), way="pager"), ASHA: PersonMark(called_at=at(11))}
    assert seen(16, called, night) == {}
    found = seen(17, called, night)
    jo, asha = found["muster:person/jo"], found["muster:person/asha"]
    assert (jo.says, jo.level, jo.since) == (
        "Jo Park does not answer: called by pager",
        AlertLevel.WARNING,
        at(11),
    )
    assert (jo.cause, asha.value) == ("deploy", "called")
    before = {JO: PersonMark(called_at=at(-70))}
    assert seen(-57, before)["muster:person/jo"].cause is None
    assert STOP not in {alert.cause for alert in found.values()}


def test_that_nobody_is_missed_in_a_rehearsal_or_after_the_end() -> None:
    called = {JO: PersonMark(called_at=at(0))}
    assert seen(10, called, begin(rehearsal=True)) == {}
    over = begin()
    over.add(RunEnded(run=RUN, outcome=RunOutcome.FINISHED), 1)
    assert seen(10, called, over) == {}
    assert seen(10, called, begin()) != {}


def test_that_before_the_run_is_opened_its_muster_stands_among_the_alerts() -> None:
    muster = make_muster(release(), estate(), at(-50))
    (found,) = standing_alerts(None, release(), Sight(now=at(-50), muster=muster))
    assert (found.alert.key, found.state) == ("muster:60m", AlertState.NEW)
    assert standing_alerts(None, release(), Sight(now=at(-50))) == ()
