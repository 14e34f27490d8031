"""What the record alone tells of: each with its level, its cause, and what somebody does."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from relconsole.domain.kernel.durations import ThreePoint
from relconsole.domain.kernel.ids import EffectId, PersonId, StepId, SystemId
from relconsole.domain.night.alert import Alert, AlertKind, kind_of_key, step_at
from relconsole.domain.night.alert_facts import AlertLevel
from relconsole.domain.night.alert_rules import alerts_of_record
from relconsole.domain.night.bridge_facts import (
    HoldBegan,
    HoldCause,
    LineStopped,
    ProblemClosed,
    ProblemOpened,
    TriggerStood,
)
from relconsole.domain.night.change_facts import ChangeSeen, ChangeSettled
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectIntended,
    EffectSent,
    EffectUnknown,
    Purpose,
)
from relconsole.domain.night.facts import (
    CheckRead,
    Followers,
    GateDecided,
    RunEnded,
    RunOutcome,
    StationAnswered,
    StepWaits,
)
from relconsole.domain.readiness.poll import StationAnswer
from relconsole.domain.release.release import ChangePhase, Indicator, Limit, Release, Severity
from tests.unit.domain.night.scenes import (
    ANNOUNCE,
    ASHA,
    DEPLOY,
    GATE,
    JO,
    MARA,
    PLAN,
    RUN,
    STOP,
    Night,
    at,
    begin,
    minutes,
    release,
)

METRICS, CI, ITSM = SystemId("metrics"), SystemId("ci"), SystemId("itsm")
P95 = Indicator(
    id="p95",
    title="Checkout p95",
    system=METRICS,
    query="checkout_p95",
    unit="s",
    limit=Limit(above=0.8, lasting=minutes(3)),
    severity=Severity.CRITICAL,
)


def watched() -> Release:
    """The release of the scenes with a critical indicator."""
    return replace(release(), indicators=(P95,))


def standing(night: Night, now: datetime, plan: Release | None = None) -> dict[str, Alert]:
    """What stands, by key; no key stands twice."""
    found = alerts_of_record(night.run, plan or watched(), now)
    assert len({alert.key for alert in found}) == len(found)
    assert all(alert.action for alert in found)
    assert all(kind_of_key(alert.key) is alert.kind for alert in found)
    return {alert.key: alert for alert in found}


def deploying() -> Night:
    """A night that deploys since its tenth minute."""
    night = begin()
    for step, minute, owner in ((ANNOUNCE, 0, MARA), (STOP, 2, ASHA)):
        night.start(step, minute, owner)
        night.end(step, minute + 2, owner)
    night.start(DEPLOY, 10, JO)
    return night


def hold(cause: HoldCause, thing: str) -> HoldBegan:
    return HoldBegan(run=RUN, cause=cause, thing=thing, reasons=("so it is", "indeed"))


def problem(
    *,
    question: str = "go on or back?",
    decide_by: float | None = 30,
    then: Followers = Followers.HOLD,
    next_word: float | None = None,
    step: StepId | None = None,
    owner: PersonId | None = None,
    decides: PersonId | None = None,
) -> ProblemOpened:
    return ProblemOpened(
        run=RUN,
        problem="P1",
        what="checkout is slow",
        severity="major",
        step=step,
        owner=owner,
        decides=decides,
        question=question,
        decide_by=None if decide_by is None else at(decide_by),
        then=then,
        next_word=None if next_word is None else at(next_word),
    )


def test_that_a_calm_night_tells_of_nothing() -> None:
    assert standing(begin(), at(5)) == {}
    assert standing(deploying(), at(11)) == {}


def test_that_a_night_that_is_over_tells_of_nothing() -> None:
    night = deploying()
    night.add(LineStopped(run=RUN, note="smoke"), 11, JO)
    night.add(RunEnded(run=RUN, outcome=RunOutcome.FINISHED), 12)
    assert standing(night, at(500)) == {}


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("trigger:p95", AlertKind.TRIGGER),
        ("way_back:near", AlertKind.WAY_BACK),
        ("trigger:", None),
        ("trigger", None),
        ("nothing:p95", None),
        ("", None),
    ],
)
def test_that_a_key_names_what_its_alert_is_about(key: str, kind: AlertKind | None) -> None:
    assert kind_of_key(key) is kind


def test_that_the_cause_is_the_step_that_had_begun_last() -> None:
    night = deploying()
    assert step_at(night.run, at(-1)) is None
    assert [step_at(night.run, at(minute)) for minute in (1, 3, 10, 90)] == [
        ANNOUNCE,
        STOP,
        DEPLOY,
        DEPLOY,
    ]


# Triggers, the line, holds.


def test_that_a_trigger_is_critical_and_told_once_with_value_limit_cause_and_source() -> None:
    night = deploying()
    stood = TriggerStood(run=RUN, trigger="p95", value=1.25, since=at(11), reasons=("slow",))
    night.add(stood, 14)
    night.add(hold(HoldCause.TRIGGER, "p95"), 14)
    (alert,) = standing(night, at(15)).values()
    assert (alert.key, alert.level) == ("trigger:p95", AlertLevel.CRITICAL)
    assert alert.says == "Checkout p95: 1.25 s, limit above 0.8 s for 3m"
    assert (alert.since, alert.cause, alert.source) == (at(11), DEPLOY, METRICS)
    assert "roll back" in alert.action


def test_that_a_trigger_of_an_indicator_without_a_name_or_limit_is_told_all_the_same() -> None:
    night = begin()
    night.add(TriggerStood(run=RUN, trigger="p95", value=2, since=at(1), reasons=()), 2)
    (bare,) = standing(night, at(3), release()).values()
    assert (bare.says, bare.source) == ("p95: 2", None)
    limitless = replace(release(), indicators=(replace(P95, limit=None),))
    assert standing(night, at(3), limitless)["trigger:p95"].says == "Checkout p95: 2 s"


def test_that_a_stopped_line_is_critical_and_names_who_stopped_it() -> None:
    night = deploying()
    night.add(LineStopped(run=RUN, note="smoke"), 12, JO)
    alert = standing(night, at(13))["stop:line"]
    assert (alert.level, alert.since, alert.cause) == (AlertLevel.CRITICAL, at(12), DEPLOY)
    assert alert.says == "the line is stopped by jo: smoke"
    nameless = begin()
    nameless.add(LineStopped(run=RUN, note=""), 1)
    told = standing(nameless, at(2))["stop:line"]
    assert told.says == "the line is stopped by somebody without a name"


@pytest.mark.parametrize("cause", list(HoldCause))
def test_that_every_hold_is_a_warning_with_what_ends_it(cause: HoldCause) -> None:
    night = deploying()
    night.add(hold(cause, "thing"), 12)
    (alert,) = standing(night, at(13)).values()
    assert (alert.level, alert.since, alert.cause) == (AlertLevel.WARNING, at(12), DEPLOY)
    assert alert.says == f"on hold for {cause.replace('_', ' ')} thing: so it is; indeed"


def test_that_a_hold_of_a_step_came_in_that_step() -> None:
    night = deploying()
    night.add(hold(HoldCause.STEP, STOP), 12)
    assert standing(night, at(13))[f"hold:step/{STOP}"].cause == STOP


# Effects.


def intend(
    night: Night, minute: float, *, step: StepId | None = DEPLOY, serves: str = ""
) -> EffectId:
    fact = EffectIntended(
        run=RUN,
        system=CI,
        effect_kind="job.start",
        purpose=Purpose.STEP,
        fence=1,
        step=step,
        serves=serves,
        person=JO,
    )
    return EffectId(night.add(fact, minute, JO))


def test_that_an_unknown_effect_is_known_until_a_person_is_asked_and_then_warns() -> None:
    night = deploying()
    effect = intend(night, 10)
    assert standing(night, at(11)) == {}
    night.add(EffectSent(run=RUN, effect=effect), 10)
    night.add(EffectUnknown(run=RUN, effect=effect, why="no answer"), 12)
    alert = standing(night, at(13))[f"effect:{effect}"]
    assert (alert.level, alert.since) == (AlertLevel.ADVISORY, at(12))
    assert alert.says == "the end of job.start at ci for deploy is unknown: no answer"
    assert (alert.cause, alert.source) == (DEPLOY, CI)
    night.add(hold(HoldCause.EFFECT, effect), 14)
    (asked,) = standing(night, at(15)).values()
    assert (asked.level, asked.action) == (
        AlertLevel.WARNING,
        "look at the target, then settle it by hand",
    )


def test_that_an_effect_that_its_target_lost_warns_in_the_words_of_the_hold() -> None:
    night = deploying()
    effect = intend(night, 10)
    night.add(EffectSent(run=RUN, effect=effect), 10)
    night.add(EffectAcknowledged(run=RUN, effect=effect, remote="7"), 11)
    assert standing(night, at(13)) == {}
    night.add(hold(HoldCause.EFFECT, effect), 14)
    (asked,) = standing(night, at(15)).values()
    assert asked.says == "the end of job.start at ci for deploy is unknown: so it is; indeed"
    assert (asked.level, asked.cause) == (AlertLevel.WARNING, DEPLOY)


def test_that_what_waited_for_a_day_warns_and_says_what_it_serves_if_anything() -> None:
    night = begin()
    named, bare = intend(night, 1, step=None, serves="silence"), intend(night, 1, step=None)
    found = standing(night, at(1 + 24 * 60 + 1))
    assert found[f"effect:{named}"].what == "job.start at ci for silence has waited for a day"
    assert found[f"effect:{bare}"].what == "job.start at ci has waited for a day"
    assert found[f"effect:{bare}"].level is AlertLevel.WARNING


# The change record.


def seen(state: str | None, *, in_step: bool = False) -> ChangeSeen:
    return ChangeSeen(
        run=RUN, system=ITSM, change="CHG-1", state=state, in_step=in_step, why="no route"
    )


def test_that_a_change_record_out_of_step_warns_since_it_holds_the_night() -> None:
    night = deploying()
    night.add(seen("implement", in_step=True), 11)
    assert standing(night, at(12)) == {}
    night.add(seen("assess"), 13)
    told = standing(night, at(14))["change:CHG-1"]
    assert (told.level, told.since, told.source) == (AlertLevel.WARNING, at(13), ITSM)
    assert told.says == "CHG-1 is assess in itsm, and was implement when last in step"
    night.add(hold(HoldCause.CHANGE, "CHG-1"), 15)
    (held,) = standing(night, at(16)).values()
    assert held.since == at(15)


def test_that_a_change_record_that_cannot_be_read_is_only_told() -> None:
    night = deploying()
    night.add(seen(None), 11)
    told = standing(night, at(12))["change:CHG-1"]
    assert (told.level, told.since) == (AlertLevel.ADVISORY, at(0))
    assert told.says == "CHG-1 cannot be read in itsm: no route"
    night.add(seen("implement", in_step=True), 12)
    settled = ChangeSettled(
        run=RUN, change="CHG-1", state="x", kept=True, phase=ChangePhase.RUNNING, note="so"
    )
    night.add(settled, 13, MARA)
    night.add(seen("x", in_step=True), 14)
    assert standing(night, at(15)) == {}


# Steps.


def read(passed: bool | None, check: str = "p95") -> CheckRead:
    return CheckRead(
        run=RUN,
        step=DEPLOY,
        attempt=1,
        check=check,
        value=None,
        passed=passed,
        says="p95 is 1.4",
        source="metrics",
    )


@pytest.mark.parametrize(("passed", "words"), [(False, "fails"), (None, "is unknown")])
def test_that_a_check_that_does_not_pass_warns_once_since_it_holds_the_night(
    passed: bool | None, words: str
) -> None:
    night = deploying()
    night.add(read(passed), 12)
    told = standing(night, at(13))["check:deploy/p95"]
    assert told.says == f"check p95 of deploy {words}: p95 is 1.4"
    assert (told.level, told.since, told.source) == (AlertLevel.WARNING, at(10), METRICS)
    night.add(hold(HoldCause.CHECK, DEPLOY), 13)
    (held,) = standing(night, at(14)).values()
    assert (held.key, held.since) == ("check:deploy/p95", at(13))


def test_that_a_check_that_passes_or_is_none_of_the_plan_says_nothing() -> None:
    night = deploying()
    night.add(read(True), 12)
    night.add(read(False, "of-an-older-plan"), 12)
    assert standing(night, at(13)) == {}


def answered(vote: StationAnswer, station: str, note: str = "") -> StationAnswered:
    return StationAnswered(run=RUN, step=GATE, station=station, vote=vote, note=note)


def test_that_a_no_at_a_gate_warns_until_it_is_decided_and_the_decision_then_holds() -> None:
    night = deploying()
    night.end(DEPLOY, 17, JO)
    night.start(GATE, 18, MARA)
    night.add(answered(StationAnswer.GO, "payments"), 18, JO)
    assert standing(night, at(18)) == {}
    night.add(answered(StationAnswer.NO_GO, "ledger", "queue grows"), 19, ASHA)
    told = standing(night, at(19))["gate:canary"]
    assert told.says == "no-go at canary from ledger: queue grows"
    assert (told.level, told.since, told.cause) == (AlertLevel.WARNING, at(18), GATE)
    decided = GateDecided(run=RUN, step=GATE, decision=StationAnswer.NO_GO, seen=PLAN, note="no")
    night.add(decided, 19, MARA)
    night.add(hold(HoldCause.GATE, GATE), 19)
    assert standing(night, at(19))["gate:canary"].what == "on hold for gate canary"


def test_that_a_step_is_told_beyond_its_likely_and_warns_beyond_its_worst_duration() -> None:
    night = begin()
    night.start(ANNOUNCE, 0, MARA)
    night.end(ANNOUNCE, 1, MARA)
    night.start(STOP, 2, ASHA)
    assert standing(night, at(7)) == {}
    told = standing(night, at(7.5))["late:stop-writers"]
    assert (told.level, told.since, told.cause) == (AlertLevel.ADVISORY, at(7), STOP)
    assert (told.says, told.action) == ("Stop ledger writers is late", "ask asha when it ends")
    late = standing(night, at(11.5))["late:stop-writers"]
    assert (late.level, late.since) == (AlertLevel.WARNING, at(11))


def test_that_a_step_of_nobody_is_asked_of_the_commander() -> None:
    night = begin()
    night.start(ANNOUNCE, 0, MARA)
    late = standing(night, at(3))["late:announce"]
    assert (late.level, late.action) == (AlertLevel.WARNING, "ask mara when it ends")


def test_that_a_step_that_waits_is_late_only_once_its_wait_is_over() -> None:
    night = begin()
    night.start(ANNOUNCE, 0, MARA)
    night.add(StepWaits(run=RUN, step=ANNOUNCE, reason="the bank", until=at(20)), 1, MARA)
    assert standing(night, at(20)) == {}
    told = standing(night, at(21))["waits:announce"]
    assert (told.level, told.since) == (AlertLevel.WARNING, at(20))
    assert told.says == "Announce the start waits longer than it said: the bank"
    night.add(StepWaits(run=RUN, step=ANNOUNCE, reason="the bank"), 22, MARA)
    assert set(standing(night, at(23))) == {"late:announce"}


def test_that_only_the_steps_under_way_are_late() -> None:
    plan = release().runbook
    quick = ThreePoint(best=minutes(1), likely=minutes(1), worst=minutes(1))
    steps = tuple(replace(step, duration=quick) for step in plan.steps)
    night = begin(replace(plan, steps=steps))
    assert standing(night, at(90)) == {}


# The hour.


def test_that_a_decision_is_told_when_it_is_near_and_when_nobody_made_it() -> None:
    night = deploying()
    night.add(problem(decides=ASHA), 11, MARA)
    assert standing(night, at(17)) == {}
    soon = standing(night, at(20))["decision:P1"]
    assert (soon.level, soon.since, soon.act_by) == (AlertLevel.WARNING, at(20), at(30))
    assert soon.says == "a decision is due: go on or back?, then hold"
    assert (soon.action, soon.cause) == ("asha decides", DEPLOY)
    night.add(hold(HoldCause.DECISION, "P1"), 30)
    over = standing(night, at(31))["decision:P1"]
    assert (over.level, over.since) == (AlertLevel.WARNING, at(30))
    assert over.what == "nobody decided in time"


def test_that_a_rollback_that_nobody_decided_against_is_critical() -> None:
    night = begin()
    night.add(problem(then=Followers.ROLL_BACK, step=STOP), 1, MARA)
    over = standing(night, at(31))["decision:P1"]
    assert (over.level, over.limit) == (AlertLevel.CRITICAL, "then the prepared rollback")
    assert (over.cause, over.action) == (STOP, "mara decides")
    assert standing(night, at(25))["decision:P1"].level is AlertLevel.WARNING
    night.add(ProblemClosed(run=RUN, problem="P1", decision="wait"), 32, MARA)
    assert standing(night, at(33)) == {}


def test_that_a_problem_without_a_question_asks_for_no_decision() -> None:
    night = begin()
    night.add(problem(question="", decide_by=30), 1, MARA)
    assert standing(night, at(40)) == {}


def test_that_the_next_word_about_a_problem_is_told_when_it_is_due() -> None:
    night = begin()
    night.add(problem(question="", next_word=20, owner=ASHA), 1, MARA)
    assert standing(night, at(19)) == {}
    due = standing(night, at(20))["word:P1"]
    assert (due.level, due.since) == (AlertLevel.ADVISORY, at(20))
    assert (due.says, due.action) == (
        "the next word about P1 is due: checkout is slow",
        "asha says how it stands",
    )


def test_that_the_end_of_the_window_is_near_for_half_an_hour_and_then_critical() -> None:
    night = begin()
    assert standing(night, at(149)) == {}
    near = standing(night, at(150))["window:end"]
    assert (near.level, near.since, near.act_by) == (AlertLevel.WARNING, at(150), at(180))
    over = standing(night, at(180))["window:end"]
    assert (over.level, over.since, over.what) == (
        AlertLevel.CRITICAL,
        at(180),
        "the window has ended",
    )


def test_that_a_rehearsal_has_no_window() -> None:
    assert standing(begin(rehearsal=True), at(500)) == {}
