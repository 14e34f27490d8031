"""Standing alerts and what was said of them: acknowledged, returned, shelved, in which order."""

from __future__ import annotations

from datetime import datetime

import pytest

from relconsole.domain.health.indicator import Watch
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.alert_facts import (
    AlertAcknowledged,
    AlertLevel,
    AlertShelved,
    AlertUnshelved,
)
from relconsole.domain.night.alert_sight import Sight
from relconsole.domain.night.alerts import AlertState, StandingAlert, standing_alerts
from relconsole.domain.night.bridge_facts import HoldBegan, HoldCause, LineStopped
from tests.unit.domain.night.scenes import (
    ASHA,
    DEPLOY,
    JO,
    MARA,
    RUN,
    STOP,
    Night,
    at,
    release,
)
from tests.unit.domain.night.test_alert_rules import deploying, hold, watched

HELD = "hold:person/thing"


def held(minute: float = 12) -> Night:
    night = deploying()
    night.add(hold(HoldCause.PERSON, "thing"), minute)
    return night


def of(night: Night, key: str = HELD, now: datetime | None = None) -> StandingAlert:
    found = standing_alerts(night.run, release(), Sight(now=now or at(14)))
    return next(each for each in found if each.alert.key == key)


def acknowledged(
    since: float = 12, level: AlertLevel = AlertLevel.WARNING, note: str = ""
) -> AlertAcknowledged:
    return AlertAcknowledged(
        run=RUN, alert=HELD, since=at(since), level=level, says="on hold", note=note
    )


def shelved(
    until: float = 30, level: AlertLevel = AlertLevel.WARNING, during: StepId | None = None
) -> AlertShelved:
    return AlertShelved(
        run=RUN,
        alert=HELD,
        since=at(12),
        level=level,
        says="on hold",
        until=at(until),
        reason="known",
        during=during,
    )


def test_that_a_new_alert_calls_for_somebody() -> None:
    found = of(held())
    assert (found.state, found.by, found.calls) == (AlertState.NEW, None, True)


def test_that_alerts_stand_by_level_and_then_the_oldest_first() -> None:
    night = held(13)
    night.add(hold(HoldCause.CLOCK, "clock"), 12)
    night.add(LineStopped(run=RUN, note=""), 14, JO)
    found = standing_alerts(night.run, release(), Sight(now=at(19)))
    assert [each.alert.key for each in found] == [
        "stop:line",
        "hold:clock/clock",
        HELD,
        "late:deploy",
    ]


def test_that_an_acknowledged_alert_stands_on_with_whose_word_it_is() -> None:
    night = held()
    night.add(acknowledged(note="looking"), 13, JO)
    found = of(night)
    assert (found.state, found.by, found.at, found.note) == (
        AlertState.ACKNOWLEDGED,
        JO,
        at(13),
        "looking",
    )
    assert not found.calls


def test_that_a_word_recorded_for_somebody_is_theirs() -> None:
    night = held()
    night.add(
        AlertAcknowledged(
            run=RUN,
            alert=HELD,
            since=at(12),
            level=AlertLevel.WARNING,
            says="",
            for_person=ASHA,
            heard="voice",
        ),
        13,
        MARA,
    )
    assert of(night).by == ASHA


@pytest.mark.parametrize(("since", "level"), [(11, AlertLevel.WARNING), (12, AlertLevel.ADVISORY)])
def test_that_one_that_began_anew_or_got_worse_has_returned(
    since: float, level: AlertLevel
) -> None:
    night = held()
    night.add(acknowledged(since, level), 13, JO)
    found = of(night)
    assert (found.state, found.by, found.calls) == (AlertState.RETURNED, JO, True)


def test_that_a_shelf_holds_for_its_time_and_then_the_alert_has_returned() -> None:
    night = held()
    night.add(shelved(), 13, MARA)
    found = of(night, now=at(29))
    assert (found.state, found.by, found.note, found.until, found.calls) == (
        AlertState.SHELVED,
        MARA,
        "known",
        at(30),
        False,
    )
    over = of(night, now=at(30))
    assert (over.state, over.by, over.note) == (AlertState.RETURNED, None, "")


def test_that_a_shelf_ends_with_the_step_it_names() -> None:
    night = held()
    night.add(shelved(during=DEPLOY), 13, MARA)
    assert of(night).state is AlertState.SHELVED
    night.end(DEPLOY, 15, JO)
    assert of(night, now=at(16)).state is AlertState.RETURNED
    gone = held()
    gone.add(shelved(during=StepId("no-such-step")), 13, MARA)
    assert of(gone).state is AlertState.RETURNED
    ended = held()
    ended.add(shelved(during=STOP), 13, MARA)
    assert of(ended).state is AlertState.RETURNED


def test_that_what_gets_worse_than_it_was_shelved_for_comes_back() -> None:
    night = held()
    night.add(shelved(level=AlertLevel.ADVISORY), 13, MARA)
    assert of(night).state is AlertState.RETURNED


def test_that_unshelving_leaves_what_was_acknowledged() -> None:
    night = held()
    night.add(acknowledged(), 13, JO)
    night.add(shelved(), 13, MARA)
    night.add(AlertUnshelved(run=RUN, alert=HELD), 14, MARA)
    assert of(night).state is AlertState.ACKNOWLEDGED


def test_that_dark_monitoring_is_told_by_indicator_where_they_are_watched() -> None:
    night = deploying()
    reasons = ("p95 is unknown",)
    night.add(
        HoldBegan(run=RUN, cause=HoldCause.MONITORING, thing="monitoring", reasons=reasons), 12
    )
    blind = standing_alerts(night.run, watched(), Sight(now=at(13)))
    assert [each.alert.key for each in blind] == ["hold:monitoring/monitoring"]
    watches = {"p95": Watch(indicator="p95")}
    seen = standing_alerts(night.run, watched(), Sight(now=at(13), watches=watches))
    assert [each.alert.key for each in seen] == ["dark:p95"]
