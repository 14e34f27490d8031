"""What observation adds: indicators, monitoring, systems that are away, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from relconsole.domain.health.indicator import FalsePositive, Watch, WatchState
from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.kernel.observation import Observation
from relconsole.domain.night.alert import Alert
from relconsole.domain.night.alert_facts import AlertLevel
from relconsole.domain.night.alert_sight import Sight, alerts_of_sight, unwatched
from relconsole.domain.night.away import Away
from relconsole.domain.night.bridge_facts import TriggerStood
from relconsole.domain.night.facts import RunEnded, RunOutcome
from relconsole.domain.night.rollback_facts import RollbackFired
from relconsole.domain.release.release import Release, Severity
from tests.unit.domain.night.scenes import (
    DEPLOY,
    INES,
    MARA,
    OTHER_PLAN,
    RUN,
    Night,
    armed,
    at,
    begin,
    minutes,
    release,
)
from tests.unit.domain.night.test_ahead import forecast
from tests.unit.domain.night.test_alert_rules import METRICS, P95, deploying, watched


def watch(
    state: WatchState = WatchState.LEFT,
    *,
    value: float = 1.25,
    beyond: float | None = 12,
    left: float | None = 15,
    at_minute: float = 16,
    why: str = "",
) -> Watch:
    last = Observation(
        value=value, source="metrics", observed_at=at(at_minute), time_to_live=minutes(2)
    )
    return Watch(
        indicator="p95",
        state=state,
        last=last,
        beyond_since=None if beyond is None else at(beyond),
        left_at=None if left is None else at(left),
        why=why,
    )


def found(
    night: Night,
    now: datetime,
    plan: Release | None = None,
    watches: Mapping[str, Watch] | None = None,
    away: tuple[Away, ...] = (),
) -> dict[str, Alert]:
    sight = Sight(now=now, watches=watches or {}, away=away)
    alerts = alerts_of_sight(night.run, plan or watched(), sight)
    assert all(alert.action for alert in alerts)
    return {alert.key: alert for alert in alerts}


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        (Severity.CRITICAL, AlertLevel.CRITICAL),
        (Severity.WARNING, AlertLevel.WARNING),
        (Severity.INFO, AlertLevel.ADVISORY),
    ],
)
def test_that_an_indicator_beyond_its_limit_is_as_severe_as_the_release_says(
    severity: Severity, level: AlertLevel
) -> None:
    plan = replace(release(), indicators=(replace(P95, severity=severity),))
    alert = found(deploying(), at(17), plan, {"p95": watch()})["indicator:p95"]
    assert (alert.level, alert.since, alert.cause, alert.source) == (
        level,
        at(12),
        DEPLOY,
        METRICS,
    )
    assert alert.says == "Checkout p95: 1.25 s, 1m ago, limit above 0.8 s for 3m"


def test_that_an_indicator_that_stands_as_a_trigger_is_not_told_twice() -> None:
    night = deploying()
    night.add(TriggerStood(run=RUN, trigger="p95", value=1, since=at(12), reasons=()), 16)
    assert found(night, at(17), None, {"p95": watch()}) == {}


def test_that_a_false_positive_an_inside_value_and_one_without_limit_say_nothing() -> None:
    night = deploying()
    marked = replace(watch(), marked=FalsePositive(by=MARA, reason="noise", at=at(16)))
    assert found(night, at(17), None, {"p95": marked}) == {}
    assert found(night, at(17), None, {"p95": watch(WatchState.INSIDE, left=None)}) == {}
    limitless = replace(release(), indicators=(replace(P95, limit=None),))
    assert found(night, at(17), limitless, {"p95": watch()}) == {}
    assert found(night, at(17), None, {"p95": replace(watch(), last=None)}).keys() == {"dark:p95"}


def test_that_a_value_that_is_no_longer_fresh_says_that_it_is_unknown() -> None:
    alerts = found(deploying(), at(30), None, {"p95": watch(beyond=None)})
    alert = alerts["indicator:p95"]
    assert alert.value == "1.25 s, 14m ago; now unknown"
    assert alert.since == at(15)


def test_that_a_critical_indicator_that_nobody_sees_is_a_warning_since_the_last_good_moment() -> (
    None
):
    lost = watch(WatchState.UNKNOWN, left=None, why="no route")
    alert = found(deploying(), at(30), None, {"p95": lost})["dark:p95"]
    assert (alert.level, alert.since, alert.source) == (AlertLevel.WARNING, at(16), METRICS)
    assert alert.says == "Checkout p95 is unknown: no route"
    never = found(deploying(), at(30), None, {"p95": Watch(indicator="p95")})["dark:p95"]
    assert never.since == at(0)


def test_that_where_nobody_reads_the_indicators_they_are_called_unwatched_and_not_dark() -> None:
    night = deploying()
    assert found(night, at(30)) == {}
    assert unwatched(watched(), Sight(now=at(30))) == ("p95",)
    assert unwatched(watched(), Sight(now=at(30), watches={"p95": watch()})) == ()
    limitless = replace(release(), indicators=(replace(P95, limit=None),))
    assert unwatched(limitless, Sight(now=at(30))) == ()


def test_that_a_system_that_does_not_answer_warns() -> None:
    away = Away(system=SystemId("ci"), failures=3, since=at(11), says="no route", asked_in=4)
    alert = found(deploying(), at(12), away=(away,))["away:ci"]
    assert (alert.level, alert.since, alert.source) == (AlertLevel.WARNING, at(11), "ci")
    assert alert.says == "ci does not answer: no route"


def told(night: Night, minute: float, latest: float | None = 141) -> dict[str, Alert]:
    """What the forecast makes of the way back, whose latest safe start is in this minute."""
    made = replace(forecast(), latest_safe_start=None if latest is None else at(latest))
    sight = Sight(now=at(minute), forecast=made)
    return {each.key: each for each in alerts_of_sight(night.run, release(), sight)}


def test_that_the_latest_safe_start_is_told_half_an_hour_before_and_then_as_past() -> None:
    night = deploying()
    assert told(night, 109) == {}
    near = told(night, 110)["way_back:near"]
    assert (near.level, near.since, near.act_by) == (AlertLevel.WARNING, at(110), at(135))
    past = told(night, 140)["way_back:past"]
    assert (past.level, past.since, past.act_by) == (AlertLevel.ADVISORY, at(140), None)


def test_that_a_latest_safe_start_that_moves_a_little_is_the_same_news() -> None:
    night = deploying()
    assert told(night, 120, 141) == told(night, 120, 144.9)
    assert told(night, 120, 141) != told(night, 120, 146)


def test_that_nothing_is_said_of_a_way_back_that_is_not_there_or_is_gone_already() -> None:
    assert told(begin(), 140) == {}
    assert told(deploying(), 140, None) == {}
    assert told(begin(rehearsal=True), 140) == {}
    assert alerts_of_sight(deploying().run, release(), Sight(now=at(140))) == ()
    back = deploying()
    back.add(armed(), 20, MARA)
    assert "way_back:past" in told(back, 140)
    back.add(RollbackFired(run=RUN, plan=OTHER_PLAN, person=INES), 21, INES)
    assert told(back, 140) == {}


def test_that_of_a_night_that_is_over_nothing_is_observed() -> None:
    night = deploying()
    night.add(RunEnded(run=RUN, outcome=RunOutcome.FINISHED), 12)
    assert found(night, at(17), None, {"p95": watch()}) == {}
