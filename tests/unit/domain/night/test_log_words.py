from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from immutables import Map

from relconsole.domain.kernel.ids import EffectId, ServiceId, SystemId
from relconsole.domain.night.alert_facts import (
    AlertAcknowledged,
    AlertLevel,
    AlertShelved,
    AlertUnshelved,
)
from relconsole.domain.night.bridge_facts import (
    ClockJumped,
    HandoverAccepted,
    HandoverOffered,
    HoldBegan,
    HoldCause,
    HoldEnded,
    LeftOpen,
    LeftOpenClosed,
    LeftOpenHandedOver,
    LineResumed,
    LineStopped,
    MonitoringWentDark,
    Noted,
    PlanAmended,
    ProblemClosed,
    ProblemOpened,
    TriggerCleared,
    TriggerMarkedFalse,
    TriggerStood,
)
from relconsole.domain.night.change_facts import (
    ChangeSeen,
    ChangeSettled,
    ClosureCode,
    ClosureConfirmed,
)
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectConfirmed,
    EffectIntended,
    EffectRefused,
    EffectRenewed,
    EffectSent,
    EffectSettledByHand,
    EffectUnknown,
    Purpose,
)
from relconsole.domain.night.facts import (
    CheckpointAnchored,
    CheckRead,
    Followers,
    FollowersDecided,
    GateDecided,
    RunEnded,
    RunLeft,
    RunOutcome,
    RunTakenUp,
    StationAnswered,
    StepEnded,
    StepReopened,
    StepStarted,
    StepState,
    StepWaits,
)
from relconsole.domain.night.log import (
    LoggedFact,
    tell_fact,
)
from relconsole.domain.night.message_facts import MessageSent
from relconsole.domain.night.muster_facts import PersonCalled, PersonGone, PersonHere
from relconsole.domain.night.rollback_facts import (
    ControlTotalTaken,
    ReconcileRow,
    RehearsalCounted,
    RestorePointKept,
    RollbackDisarmed,
    RollbackEnded,
    RollbackEnding,
    RollbackFired,
    SignatureAsked,
    StatePreserved,
    TotalDifferenceClosed,
    TotalMoment,
    TwoPersonAct,
)
from relconsole.domain.readiness.poll import StationAnswer
from relconsole.domain.record.effect import Outcome
from relconsole.domain.release.messages import Channel
from relconsole.domain.release.release import ChangePhase
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
    RELEASE,
    RUN,
    STOP,
    armed,
    at,
    opened,
    runbook,
    signature,
)

EFFECT = EffectId("fact-900")


def job(second: bool = False, serves: str = "") -> EffectIntended:
    return EffectIntended(
        run=RUN,
        system=SystemId("ci"),
        effect_kind="job.start",
        purpose=Purpose.STEP,
        fence=1,
        step=None if serves else DEPLOY,
        serves=serves,
        person=JO,
        second_person=INES if second else None,
    )


def seen(state: str | None, *, in_step: bool = False, why: str = "") -> ChangeSeen:
    itsm = SystemId("itsm")
    return ChangeSeen(run=RUN, system=itsm, change="CHG-1", state=state, in_step=in_step, why=why)


def settled(*, kept: bool) -> ChangeSettled:
    return ChangeSettled(
        run=RUN,
        change="CHG-1",
        state="assess",
        kept=kept,
        phase=ChangePhase.RUNNING,
        note="the board said so",
    )


def closure(code: ClosureCode, note: str = "") -> ClosureConfirmed:
    return ClosureConfirmed(
        run=RUN, change="CHG-1", code=code, proposed=ClosureCode.PARTLY, note=note
    )


def called(way: str = "") -> PersonCalled:
    return PersonCalled(release=RELEASE, run=RUN, person=JO, way=way)


def shelf() -> AlertShelved:
    return AlertShelved(
        run=RUN,
        alert="trigger:p95",
        since=at(1),
        level=AlertLevel.CRITICAL,
        says="slow",
        until=at(16),
        reason="known since noon",
    )


def problem(question: str = "", decide_by: bool = False) -> ProblemOpened:
    return ProblemOpened(
        run=RUN,
        problem="P1",
        what="checkout is slow",
        severity="high",
        owner=JO if question else None,
        step=DEPLOY,
        question=question,
        decides=MARA if decide_by else None,
        decide_by=at(40) if decide_by else None,
    )


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


def left_open(expires: bool) -> LeftOpen:
    return LeftOpen(
        run=RUN,
        entry="silence",
        what="alerts of payments-api are silenced",
        owner=JO if expires else None,
        closes="end the silence",
        expires=at(90) if expires else None,
    )


def check(passed: bool | None) -> CheckRead:
    return CheckRead(
        run=RUN,
        step=DEPLOY,
        attempt=1,
        check="p95",
        value=None if passed is None else 0.4,
        passed=passed,
        says="0.4 s",
        source="metrics",
    )


SAID: list[tuple[LoggedFact, str]] = [
    (
        opened(runbook()),
        "live run of pay-4 opened, 5 steps, plan aaaaaaaaaaaa, mara commands; approval: approved",
    ),
    (opened(runbook(), rehearsal=True), "rehearsal of pay-4 opened"),
    (RunTakenUp(run=RUN, holder="desk-2", fence=4), "run taken up by desk-2 under token 4"),
    (RunLeft(run=RUN, outcome=RunOutcome.HELD, reasons=("p95", "err")), "run left, held: p95; err"),
    (RunEnded(run=RUN, outcome=RunOutcome.FINISHED), "run ended, finished"),
    (
        CheckpointAnchored(run=RUN, size=40, root=PLAN, place="keyring"),
        "record anchored at keyring: 40 facts, root aaaaaaaaaaaa",
    ),
    (ClockJumped(run=RUN, seconds=-90.0), "the wall clock jumped by -90 s; automation froze"),
    (Noted(run=RUN, text="coffee\nis\nready"), "note: coffee is ready"),
    (
        MonitoringWentDark(run=RUN, system=SystemId("metrics"), says="refused"),
        "metrics no longer answers: refused; what it watches is unknown",
    ),
    (
        RehearsalCounted(
            run=RUN,
            release="pay-4",
            plan=PLAN,
            rollback_plan=None,
            at=at(0),
            journal="rehearsal",
            size=3,
            root=PLAN,
            forward=(),
            undo=(),
        ),
        "times of the rehearsal of 2026-04-20T23:30:00Z counted: 0 steps, 0 undo steps",
    ),
    (
        StepStarted(run=RUN, step=STOP, attempt=2, note="again"),
        "stop-writers started, attempt 2: again",
    ),
    (
        StepStarted(run=RUN, step=DEPLOY, attempt=2, inputs={"version": "2", "target": "prod"}),
        "deploy started, attempt 2, with target=prod, version=2",
    ),
    (
        StepEnded(
            run=RUN, step=STOP, attempt=1, state=StepState.DONE, second=signature(), note="by eye"
        ),
        "stop-writers done: by eye; ines signed the override",
    ),
    (
        StepStarted(run=RUN, step=DROP, attempt=1, commit=signature()),
        "drop started, attempt 1; ines signed the commit",
    ),
    (StepWaits(run=RUN, step=STOP, reason="the vendor"), "stop-writers waits: the vendor"),
    (
        StepWaits(run=RUN, step=STOP, reason="the vendor", until=at(5)),
        "stop-writers waits until 2026-04-20T23:35:00Z: the vendor",
    ),
    (
        StepEnded(run=RUN, step=STOP, attempt=1, state=StepState.DONE_WITH_REMARK, note="slow"),
        "stop-writers done with remark: slow",
    ),
    (StepReopened(run=RUN, step=STOP), "stop-writers is to be done again"),
    (
        FollowersDecided(run=RUN, step=STOP, decision=Followers.ROLL_BACK),
        "followers of stop-writers: roll back",
    ),
    (check(True), "check p95 of deploy passes: 0.4 s"),
    (check(False), "check p95 of deploy fails: 0.4 s"),
    (check(None), "check p95 of deploy is unknown: 0.4 s"),
    (
        StationAnswered(run=RUN, step=GATE, station="ledger", vote=StationAnswer.NO_GO, note="lag"),
        "station ledger at canary: no-go: lag",
    ),
    (
        GateDecided(run=RUN, step=GATE, decision=StationAnswer.GO, seen=PLAN),
        "gate canary decided: go, over aaaaaaaaaaaa",
    ),
    (job(), "job.start at ci for deploy intended"),
    (job(second=True), "job.start at ci for deploy intended, ines beside jo"),
    (job(serves="silence-1"), "job.start at ci for silence-1 intended"),
    (EffectSent(run=RUN, effect=EFFECT), "job.start at ci for deploy sent"),
    (EffectSent(run=RUN, effect=EffectId("lost")), "effect lost sent"),
    (
        EffectAcknowledged(run=RUN, effect=EFFECT, remote="77"),
        "job.start at ci for deploy taken as 77",
    ),
    (
        EffectConfirmed(run=RUN, effect=EFFECT, outcome=Outcome.FAILED, detail="exit 1"),
        "job.start at ci for deploy failed: exit 1",
    ),
    (
        EffectConfirmed(
            run=RUN, effect=EFFECT, outcome=Outcome.FAILED, output="starting\nno space left\n"
        ),
        "job.start at ci for deploy failed; it said: no space left",
    ),
    (
        EffectConfirmed(run=RUN, effect=EFFECT, outcome=Outcome.SUCCEEDED, output="fine"),
        "job.start at ci for deploy succeeded",
    ),
    (
        EffectUnknown(run=RUN, effect=EFFECT, why="time-out"),
        "job.start at ci for deploy unknown: time-out",
    ),
    (
        EffectUnknown(run=RUN, effect=EFFECT, why="time-out", not_before=at(1)),
        "unknown: time-out; asked again from 2026-04-20T23:31:00Z",
    ),
    (
        EffectRefused(run=RUN, effect=EFFECT, reason="no such job"),
        "job.start at ci for deploy refused: no such job",
    ),
    (
        EffectSettledByHand(run=RUN, effect=EFFECT, outcome=None, note="host was off"),
        "settled by hand, never happened: host was off",
    ),
    (
        EffectRenewed(run=RUN, effect=EFFECT, note="the desk was away"),
        "job.start at ci for deploy is still to be done: the desk was away",
    ),
    (
        EffectSettledByHand(run=RUN, effect=EFFECT, outcome=Outcome.SUCCEEDED, note=""),
        "settled by hand, succeeded",
    ),
    (
        HoldBegan(run=RUN, cause=HoldCause.NO_ANSWER, thing="canary", reasons=("asked twice",)),
        "on hold for no answer canary: asked twice",
    ),
    (
        HoldEnded(run=RUN, cause=HoldCause.STEP, thing="deploy", note="repeated"),
        "hold for step deploy ended: repeated",
    ),
    (
        TriggerStood(run=RUN, trigger="p95", value=0.93, since=at(1), reasons=("high",)),
        "trigger p95 stands at 0.93 since 2026-04-20T23:31:00Z: high",
    ),
    (TriggerCleared(run=RUN, trigger="p95"), "trigger p95 is no longer true"),
    (
        TriggerMarkedFalse(run=RUN, trigger="p95", note="probe"),
        "trigger p95 marked as a false positive: probe",
    ),
    (LineStopped(run=RUN, note="wrong host"), "the line is stopped: wrong host"),
    (LineResumed(run=RUN, second=signature()), "the line is resumed, ines signed too"),
    (amendment(second=False), "plan amended (vendor late): drop moves"),
    (amendment(second=True), "plan amended (vendor late): drop moves; ines signed too"),
    (HandoverOffered(run=RUN, to=INES, brief=PLAN), "command offered to ines over brief aaaa"),
    (HandoverAccepted(run=RUN, brief=PLAN), "command accepted over brief aaaaaaaaaaaa"),
    (problem(), "problem P1 (high), no owner: checkout is slow"),
    (replace(problem(), incident="INC-7"), "no owner, incident INC-7: checkout is slow"),
    (problem("wait?"), "owner jo: checkout is slow; nobody named decides: wait?"),
    (problem("wait?", decide_by=True), "mara decides by 2026-04-21T00:10:00Z: wait?"),
    (ProblemClosed(run=RUN, problem="P1", decision="wait"), "problem P1 closed: wait"),
    (ProblemClosed(run=RUN, problem="P1", note="gone"), "problem P1 closed: gone"),
    (
        left_open(expires=True),
        (
            "left open: alerts of payments-api are silenced, owner jo, "
            "expires 2026-04-21T01:00:00Z; closed by end the silence"
        ),
    ),
    (left_open(expires=False), "owner nobody; closed by end the silence"),
    (LeftOpenClosed(run=RUN, entry="silence"), "silence is no longer open"),
    (LeftOpenHandedOver(run=RUN, entry="silence", to=INES), "silence handed over to ines"),
    (
        SignatureAsked(
            run=RUN,
            act=TwoPersonAct.COMMIT,
            thing=DROP,
            digest=PLAN,
            request="{}",
            expires=at(15),
        ),
        "a second signature asked for commit past latest safe start drop, request aaaaaaaaaaaa",
    ),
    (armed(), "rollback of the release armed: 1 steps, plan bbbbbbbbbbbb"),
    (armed(only=ServiceId("api")), "rollback of api alone armed"),
    (RollbackDisarmed(run=RUN, note="calm"), "the armed rollback put away: calm"),
    (
        RollbackFired(run=RUN, plan=OTHER_PLAN, second=signature(), person=JO),
        "rollback fired by jo and ines",
    ),
    (RollbackFired(run=RUN, plan=OTHER_PLAN, person=JO), "rollback fired by jo, nobody else"),
    (
        StatePreserved(run=RUN, folder="kept", files=("a", "b"), digests=(PLAN, PLAN)),
        "2 files of the present state kept in kept",
    ),
    (
        ControlTotalTaken(run=RUN, total="rows", moment=TotalMoment.BEFORE, value=12.0),
        "control total rows before: 12",
    ),
    (
        ControlTotalTaken(
            run=RUN, total="rows", moment=TotalMoment.AFTER_ROLLBACK, value=None, says="no answer"
        ),
        "control total rows after rollback: unknown: no answer",
    ),
    (
        TotalDifferenceClosed(
            run=RUN,
            total="rows",
            moment=TotalMoment.AFTER,
            cause="late booking",
            correction="booked",
            owner=ASHA,
        ),
        "difference of rows after closed, asha owns it: late booking; booked",
    ),
    (
        RestorePointKept(run=RUN, point="dump", says="12 GB"),
        "restore point dump taken and verified: 12 GB",
    ),
    (
        RollbackEnded(run=RUN, ending=RollbackEnding.ROLLED_BACK, fleet=()),
        "rollback ended, rolled back",
    ),
    (
        RollbackEnded(
            run=RUN,
            ending=RollbackEnding.PARTIAL,
            fleet=(),
            reconcile=(ReconcileRow(item="ledger", reason="unknown"),),
        ),
        "rollback ended, partial; to do: ledger: unknown",
    ),
    (seen("implement", in_step=True), "CHG-1 is implement in itsm, in step"),
    (seen("assess"), "CHG-1 is assess in itsm"),
    (seen(None, why="no answer"), "CHG-1 in itsm cannot be read: no answer"),
    (settled(kept=True), "CHG-1 stays assess: the board said so"),
    (settled(kept=False), "CHG-1 is assess and is put back: the board said so"),
    (closure(ClosureCode.PARTLY), "closure code of CHG-1 confirmed as partly implemented"),
    (
        closure(ClosureCode.SUCCESSFUL, "the rest is next week"),
        (
            "closure code of CHG-1 confirmed as successful instead of partly implemented: "
            "the rest is next week"
        ),
    ),
    (
        MessageSent(
            run=RUN,
            message="retail",
            moment="start",
            channel=Channel.MAIL,
            to=("a@example.org", "b@example.org"),
            subject="On hold",
            body="It is on hold.",
            digest=PLAN,
            facts="",
            sent_at=at(3),
        ),
        "message retail sent at 2026-04-20T23:33:00Z to a@example.org, b@example.org by mail:",
    ),
    (called(way="phone"), "jo called by phone"),
    (called(), "jo called"),
    (PersonHere(release=RELEASE, run=None, person=JO, note="on my way"), "jo is here: on my way"),
    (PersonGone(release=RELEASE, run=RUN, person=JO), "jo is gone"),
    (
        AlertAcknowledged(
            run=RUN, alert="trigger:p95", since=at(1), level=AlertLevel.CRITICAL, says="slow"
        ),
        "alert trigger:p95 acknowledged (slow)",
    ),
    (
        shelf(),
        "alert trigger:p95 shelved until 2026-04-20T23:46:00Z (slow): known since noon",
    ),
    (
        replace(shelf(), during=DEPLOY),
        "until 2026-04-20T23:46:00Z while deploy is under way (slow)",
    ),
    (AlertUnshelved(run=RUN, alert="trigger:p95"), "alert trigger:p95 no longer shelved"),
]


@pytest.mark.parametrize(("fact", "words"), SAID)
def test_that_each_fact_is_said_in_plain_words_on_one_line(fact: LoggedFact, words: str) -> None:
    told = tell_fact(fact, {EFFECT: job()})
    assert words in told
    assert "\n" not in told


def test_that_every_kind_of_fact_has_its_words_here() -> None:
    kinds = {kind.KIND for kind in get_args(LoggedFact)}
    assert {fact.KIND for fact, _ in SAID} == kinds


def test_that_a_forced_and_unrehearsed_rollback_says_so() -> None:
    told = tell_fact(replace(armed(), forced=True, decayed=("never rehearsed",)), {})
    assert told.endswith("over a fleet that differs; not rehearsed: never rehearsed")


def test_that_a_rollback_armed_all_the_same_says_why() -> None:
    told = tell_fact(replace(armed(), decayed=("too old",), reason="checkout fails"), {})
    assert told.endswith("not rehearsed: too old: checkout fails")
