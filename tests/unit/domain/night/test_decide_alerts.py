"""What may be said of an alert, by whom, and for how long."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.alert_commands import AcknowledgeAlert, ShelveAlert, UnshelveAlert
from relconsole.domain.night.alert_facts import (
    AlertAcknowledged,
    AlertLevel,
    AlertShelved,
    AlertUnshelved,
)
from relconsole.domain.night.bridge_commands import StopLine
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.step_commands import Said
from relconsole.domain.release.release import Severity
from tests.unit.domain.night.nights import BEN, Bridge, deploying, release
from tests.unit.domain.night.scenes import ASHA, DEPLOY, INES, JO, MARA, RUN, STOP, at
from tests.unit.domain.night.test_alert_rules import P95, hold

HELD = "hold:person/thing"
WHY = Said(note="known since noon")


def held() -> Bridge:
    """A night that deploys and is held since its sixth minute."""
    night = deploying()
    night.clock = 6
    night.record(hold(HoldCause.PERSON, "thing"))
    night.clock = 8
    return night


def see(
    key: str = HELD,
    since: float = 6,
    level: AlertLevel = AlertLevel.WARNING,
    said: Said | None = None,
) -> AcknowledgeAlert:
    return AcknowledgeAlert(
        run=RUN, alert=key, since=at(since), level=level, says="on hold", said=said or Said()
    )


def shelve(
    key: str = HELD,
    *,
    until: float | None = None,
    during: StepId | None = None,
    level: AlertLevel = AlertLevel.WARNING,
    said: Said = WHY,
) -> ShelveAlert:
    return ShelveAlert(
        run=RUN,
        alert=key,
        since=at(6),
        level=level,
        says="on hold",
        until=None if until is None else at(until),
        during=during,
        said=said,
    )


# Acknowledging.


def test_that_anybody_may_say_that_they_have_seen_an_alert() -> None:
    night = held()
    (fact,) = night.does(see(said=Said(note="looking")), by=BEN)
    assert isinstance(fact, AlertAcknowledged)
    assert (fact.alert, fact.since, fact.level, fact.says, fact.note) == (
        HELD,
        at(6),
        AlertLevel.WARNING,
        "on hold",
        "looking",
    )


def test_that_what_was_seen_as_milder_covers_no_more_than_was_seen() -> None:
    (fact,) = held().does(see(level=AlertLevel.ADVISORY))
    assert isinstance(fact, AlertAcknowledged)
    assert fact.level is AlertLevel.ADVISORY
    (harsher,) = held().does(see(level=AlertLevel.CRITICAL))
    assert isinstance(harsher, AlertAcknowledged)
    assert harsher.level is AlertLevel.WARNING


@pytest.mark.parametrize("key", ["hold:person/other", "nonsense", "stop:line", "late:deploy"])
def test_that_nobody_has_seen_what_does_not_stand(key: str) -> None:
    assert held().refuses(see(key)) == ("no_alert",)


def test_that_one_that_has_returned_is_looked_at_again() -> None:
    assert held().refuses(see(since=5)) == ("alert_returned",)


def test_that_only_the_bridge_records_for_others_and_nobody_acts_without_their_key() -> None:
    night = held()
    meant = Said(for_person=ASHA, heard="voice")
    assert night.refuses(see(said=meant), by=BEN) == ("not_the_owner",)
    (fact,) = night.does(see(said=meant), by=INES)
    assert isinstance(fact, AlertAcknowledged)
    assert (fact.for_person, fact.heard) == (ASHA, "voice")
    assert night.refuses(see(), by=None) == ("who_acts",)
    assert night.refuses(shelve(), by=None) == ("who_acts",)


# What was observed.


@pytest.mark.parametrize(
    ("key", "level"),
    [
        ("indicator:p95", AlertLevel.CRITICAL),
        ("dark:p95", AlertLevel.WARNING),
        ("away:ci", AlertLevel.WARNING),
        ("way_back:near", AlertLevel.CRITICAL),
    ],
)
def test_that_of_what_only_was_observed_the_word_of_who_saw_it_is_taken(
    key: str, level: AlertLevel
) -> None:
    night = held()
    night.release = replace(release(), indicators=(P95,))
    (fact,) = night.does(see(key, level=AlertLevel.CRITICAL), by=JO)
    assert isinstance(fact, AlertAcknowledged)
    assert fact.level is level


def test_that_the_release_says_how_severe_an_indicator_is_and_which_there_are() -> None:
    night = held()
    assert night.refuses(see("indicator:p95")) == ("no_alert",)
    mild = replace(P95, severity=Severity.INFO)
    night.release = replace(release(), indicators=(mild,))
    (fact,) = night.does(shelve("indicator:p95", level=AlertLevel.CRITICAL), by=JO)
    assert isinstance(fact, AlertShelved)
    assert fact.level is AlertLevel.ADVISORY


# Shelving.


def test_that_an_alert_is_shelved_for_fifteen_minutes_with_a_reason() -> None:
    (fact,) = held().does(shelve(), by=JO)
    assert isinstance(fact, AlertShelved)
    assert (fact.until, fact.reason, fact.during) == (at(23), "known since noon", None)


def test_that_one_shelved_while_a_step_is_under_way_stays_so_for_an_hour_at_most() -> None:
    (fact,) = held().does(shelve(during=DEPLOY), by=JO)
    assert isinstance(fact, AlertShelved)
    assert (fact.until, fact.during) == (at(68), DEPLOY)


def test_that_shelving_needs_a_reason_a_time_to_come_and_ends_within_the_hour() -> None:
    night = held()
    assert night.refuses(shelve(said=Said(note=" "))) == ("no_reason",)
    assert night.refuses(shelve(until=8)) == ("shelf_is_over",)
    assert night.refuses(shelve(until=68.1)) == ("shelf_too_long",)
    (fact,) = night.does(shelve(until=68))
    assert isinstance(fact, AlertShelved)
    assert fact.until == at(68)


@pytest.mark.parametrize("step", [STOP, StepId("no-such-step")])
def test_that_only_a_step_that_is_under_way_can_be_named(step: StepId) -> None:
    assert held().refuses(shelve(during=step)) == ("step_state",)


def test_that_only_the_commander_shelves_what_is_critical() -> None:
    night = held()
    night.does(StopLine(run=RUN, said=Said(note="smoke")), by=JO)
    critical = replace(shelve("stop:line"), since=at(8), level=AlertLevel.ADVISORY)
    assert night.refuses(critical, by=JO) == ("not_the_commander",)
    (fact,) = night.does(critical, by=MARA)
    assert isinstance(fact, AlertShelved)
    assert fact.level is AlertLevel.CRITICAL


def test_that_nobody_shelves_what_does_not_stand() -> None:
    assert held().refuses(shelve("stop:line")) == ("no_alert",)


# Taking back.


def test_that_anybody_takes_a_shelved_alert_back() -> None:
    night = held()
    night.does(shelve())
    back = UnshelveAlert(run=RUN, alert=HELD, said=Said(note="no longer known"))
    assert night.refuses(back, by=None) == ("who_acts",)
    (fact,) = night.does(back, by=BEN)
    assert isinstance(fact, AlertUnshelved)
    assert fact.note == "no longer known"
    assert night.refuses(back) == ("not_shelved",)


def test_that_what_is_not_shelved_or_no_longer_is_not_taken_back() -> None:
    night = held()
    back = UnshelveAlert(run=RUN, alert=HELD)
    assert night.refuses(back) == ("not_shelved",)
    night.does(shelve())
    night.clock = 23
    assert night.refuses(back) == ("not_shelved",)
