from __future__ import annotations

import pytest
from immutables import Map
from msgspec.structs import replace

from relconsole.domain.kernel.ids import Digest, EffectId, PersonId, SystemId
from relconsole.domain.night.bridge_facts import (
    ClockJumped,
    HandoverAccepted,
    HoldBegan,
    HoldCause,
    HoldEnded,
    LineResumed,
    LineStopped,
    MonitoringWentDark,
    Noted,
    PlanAmended,
    TriggerCleared,
    TriggerMarkedFalse,
    TriggerStood,
)
from relconsole.domain.night.effect_facts import (
    EffectIntended,
    EffectSent,
    EffectSettledByHand,
    Purpose,
)
from relconsole.domain.night.facts import CheckRead, StepEnded, StepState
from relconsole.domain.night.report_sections import (
    LINE,
    TriggerEnding,
    list_amendments,
    list_commands,
    list_dark,
    list_holds,
    list_settled,
    list_signatures,
    list_totals,
    list_triggers,
    list_unproven,
    list_unread,
)
from relconsole.domain.night.rollback_facts import (
    ControlTotalTaken,
    RollbackFired,
    SignatureAsked,
    TotalDifferenceClosed,
    TotalMoment,
    TwoPersonAct,
)
from relconsole.domain.record.effect import Outcome
from tests.unit.domain.night.scenes import (
    ASHA,
    DEPLOY,
    DROP,
    GATE,
    INES,
    JO,
    MARA,
    OTHER_PLAN,
    PLAN,
    RUN,
    STOP,
    armed,
    at,
    begin,
    estate,
    minutes,
    runbook,
    signature,
)


def hold(thing: str, *reasons: str, cause: HoldCause = HoldCause.TRIGGER) -> HoldBegan:
    return HoldBegan(run=RUN, cause=cause, thing=thing, reasons=reasons)


def stood(trigger: str) -> TriggerStood:
    return TriggerStood(run=RUN, trigger=trigger, value=0.9, since=at(0), reasons=("high",))


def amendment(second: bool) -> PlanAmended:
    return PlanAmended(
        run=RUN,
        reason="vendor late",
        says=("drop moves",),
        runbook=runbook(),
        plan=OTHER_PLAN,
        step_digests=Map(),
        calls=Map(),
        changed=(DROP,),
        forecast=PLAN,
        second=signature() if second else None,
    )


def test_that_holds_and_stops_are_told_with_how_long_they_stood() -> None:
    night = begin()
    night.add(hold("p95", "high"), 1)
    night.add(LineStopped(run=RUN, note="wrong host"), 2, ASHA)
    night.add(hold("p95", "higher"), 3)
    night.add(HoldEnded(run=RUN, cause=HoldCause.TRIGGER, thing="p95", note="calm"), 6, MARA)
    night.add(LineResumed(run=RUN, second=signature()), 7, MARA)
    night.add(LineStopped(run=RUN, note=""), 8, ASHA)
    p95, line, again = list_holds(night.facts)
    assert (p95.reasons, p95.began, p95.lasted, p95.ended_by, p95.note) == (
        ("higher",),
        at(1),
        minutes(5),
        MARA,
        "calm",
    )
    assert (line.cause, line.thing, line.reasons, line.began_by, line.lasted) == (
        "stop",
        LINE,
        ("wrong host",),
        ASHA,
        minutes(5),
    )
    assert (again.ended, again.lasted, again.reasons) == (None, None, ())


def test_that_a_fired_rollback_ends_the_stop_of_the_line() -> None:
    night = begin()
    night.add(armed(), 1, JO)
    night.add(LineStopped(run=RUN, note="wrong host"), 2, ASHA)
    night.add(RollbackFired(run=RUN, plan=OTHER_PLAN, second=signature(), person=JO), 5, JO)
    (stop,) = list_holds(night.facts)
    assert (stop.lasted, stop.ended_by, stop.note) == (minutes(3), JO, "the rollback was fired")


def test_that_the_end_of_a_hold_that_never_began_is_no_hold() -> None:
    night = begin()
    night.add(HoldEnded(run=RUN, cause=HoldCause.STEP, thing="x"), 6, MARA)
    assert list_holds(night.facts) == ()


@pytest.mark.parametrize("cause", list(HoldCause))
def test_that_waiting_for_a_gate_or_an_answer_is_no_trouble(cause: HoldCause) -> None:
    night = begin()
    night.add(hold("x", cause=cause), 1)
    assert list_holds(night.facts)[0].is_unplanned == (
        cause not in {HoldCause.GATE, HoldCause.NO_ANSWER}
    )


def test_that_triggers_are_told_with_what_became_of_them() -> None:
    night = begin()
    for moment, trigger in enumerate(("p95", "errors", "queue")):
        night.add(stood(trigger), moment)
    night.add(TriggerCleared(run=RUN, trigger="p95"), 4)
    night.add(TriggerCleared(run=RUN, trigger="p95"), 5)
    night.add(TriggerMarkedFalse(run=RUN, trigger="errors", note="probe"), 6, MARA)
    night.add(TriggerMarkedFalse(run=RUN, trigger="never", note=""), 6, MARA)
    found = list_triggers(night.facts)
    assert [(row.trigger, row.ending, row.ended) for row in found] == [
        ("p95", TriggerEnding.CLEARED, at(4)),
        ("errors", TriggerEnding.FALSE_POSITIVE, at(6)),
        ("queue", TriggerEnding.STANDING, None),
    ]
    assert (found[1].by, found[1].note) == (MARA, "probe")


def test_that_amendments_are_told_with_who_signed_them() -> None:
    night = begin()
    night.add(amendment(second=False), 1, MARA)
    night.add(amendment(second=True), 2, MARA)
    assert [(row.by, row.second, row.at) for row in list_amendments(night.facts)] == [
        (MARA, None, at(1)),
        (MARA, INES, at(2)),
    ]


def test_that_commanders_are_told_in_turn_and_an_alias_is_no_new_one() -> None:
    night = begin()
    night.add(HandoverAccepted(run=RUN, brief=PLAN), 5, PersonId("mokafor"))
    night.add(HandoverAccepted(run=RUN, brief=PLAN), 6)
    night.add(HandoverAccepted(run=RUN, brief=PLAN), 7, INES)
    night.add(Noted(run=RUN, text="x"), 8)
    found = list_commands(night.facts, estate().people)
    assert [(row.person, row.since) for row in found] == [(MARA, at(0)), (INES, at(7))]


def test_that_every_act_of_two_people_names_both() -> None:
    night = begin()
    night.add(
        SignatureAsked(
            run=RUN,
            act=TwoPersonAct.OVERRIDE,
            thing="deploy",
            digest=Digest("9" * 64),
            request="{}",
            expires=at(30),
        ),
        0,
        MARA,
    )
    night.start(DROP, 1, ASHA, commit=signature())
    night.start(DEPLOY, 2, JO, commit=signature(digest="9" * 64))
    night.start(STOP, 3, ASHA)
    overridden = StepEnded(
        run=RUN, step=DEPLOY, attempt=1, state=StepState.DONE, second=signature(ASHA)
    )
    night.add(overridden, 3, JO)
    night.add(LineStopped(run=RUN, note=""), 4, ASHA)
    night.add(LineResumed(run=RUN, second=signature()), 5, MARA)
    night.add(amendment(second=True), 6, MARA)
    night.add(amendment(second=False), 6, MARA)
    night.add(armed(), 7, JO)
    night.add(RollbackFired(run=RUN, plan=OTHER_PLAN, second=signature(), person=JO), 8, JO)
    night.add(RollbackFired(run=RUN, plan=OTHER_PLAN, person=JO), 9, JO)
    found = list_signatures(night.run, night.facts)
    assert [(row.act, row.thing, row.by, row.second) for row in found] == [
        ("commit past latest safe start", "drop", ASHA, INES),
        ("override check", "deploy", JO, INES),
        ("override check", "deploy", JO, ASHA),
        ("resume", LINE, MARA, INES),
        ("amend", "vendor late", MARA, INES),
        ("rollback", "pay-4", JO, INES),
    ]


def test_that_an_effect_settled_by_hand_names_who_says_so() -> None:
    night = begin()
    intended = EffectIntended(
        run=RUN,
        system=SystemId("ci"),
        effect_kind="job.start",
        purpose=Purpose.STEP,
        fence=1,
        step=DEPLOY,
    )
    effect = EffectId(night.add(intended, 1))
    settled = EffectSettledByHand(run=RUN, effect=effect, outcome=Outcome.FAILED, note="saw it")
    night.add(settled, 3, JO)
    (row,) = list_settled(night.facts)
    assert (row.what, row.step, row.outcome, row.by, row.note) == (
        "job.start at ci",
        DEPLOY,
        Outcome.FAILED,
        JO,
        "saw it",
    )
    (alone,) = list_settled(night.facts[2:])
    assert (alone.what, alone.step) == ("an effect", None)


def test_that_the_sending_of_an_effect_settles_nothing() -> None:
    night = begin()
    facts = [replace(night.facts[0], fact=EffectSent(run=RUN, effect=EffectId("x")))]
    assert list_settled(facts) == ()


def test_that_a_closed_difference_stands_beside_its_total() -> None:
    night = begin()
    for moment, value in ((TotalMoment.BEFORE, 12.0), (TotalMoment.AFTER, None)):
        night.add(ControlTotalTaken(run=RUN, total="rows", moment=moment, value=value), 1)
    night.add(
        TotalDifferenceClosed(
            run=RUN,
            total="rows",
            moment=TotalMoment.AFTER,
            cause="late",
            correction="booked",
            owner=ASHA,
        ),
        2,
        INES,
    )
    assert [(row.value, row.closed) for row in list_totals(night.run)] == [
        (12.0, ""),
        (None, "asha: late; booked"),
    ]


def test_that_dark_monitoring_and_clock_jumps_are_told_once_each() -> None:
    night = begin()
    for moment in (1, 2):
        night.add(MonitoringWentDark(run=RUN, system=SystemId("metrics"), says="refused"), moment)
    night.add(ClockJumped(run=RUN, seconds=90.0), 3)
    assert list_dark(night.facts) == ["metrics did not answer", "the wall clock jumped by +90 s"]


def test_that_unsigned_acts_of_a_live_run_are_unproven() -> None:
    night, rehearsal = begin(), begin(rehearsal=True)
    for each in (night, rehearsal):
        for moment in (1, 2):
            each.add(Noted(run=RUN, text="x"), moment, JO, signed=False)
        each.add(Noted(run=RUN, text="x"), 3, MARA)
        each.add(Noted(run=RUN, text="x"), 4)
    assert list_unproven(night.run, night.facts) == ("unproven: acts of jo without a signature: 2",)
    assert list_unproven(rehearsal.run, rehearsal.facts) == ()


@pytest.mark.parametrize("passed", [None, True])
def test_that_a_check_that_nobody_read_is_a_defect_of_a_done_step(passed: bool | None) -> None:
    night, rehearsal = begin(), begin(rehearsal=True)
    for each in (night, rehearsal):
        each.start(DEPLOY, 1, JO)
        each.add(
            CheckRead(
                run=RUN,
                step=DEPLOY,
                attempt=1,
                check="p95",
                value=None,
                passed=passed,
                says="",
                source="metrics",
            ),
            2,
        )
        each.end(DEPLOY, 3)
        each.start(GATE, 4, MARA)
        each.end(GATE, 5, MARA)
        each.start(STOP, 6, ASHA)
        each.end(STOP, 7, ASHA, state=StepState.FAILED)
    unread = () if passed else ("check p95 of deploy was never read",)
    assert list_unread(night.run) == unread
    assert list_unread(rehearsal.run) == ()
