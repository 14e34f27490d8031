from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from immutables import Map

from relconsole.domain.kernel.ids import EffectId, RunId, ServiceId, SystemId
from relconsole.domain.kernel.json import as_object
from relconsole.domain.night.bridge_facts import (
    ClockJumped,
    HoldBegan,
    HoldCause,
    HoldEnded,
    LeftOpen,
    LineStopped,
    PlanAmended,
    ProblemClosed,
    ProblemOpened,
    TriggerMarkedFalse,
    TriggerStood,
)
from relconsole.domain.night.effect_facts import (
    EffectIntended,
    EffectSettledByHand,
    Purpose,
)
from relconsole.domain.night.facts import (
    CheckpointAnchored,
    CheckRead,
    GateDecided,
    RunEnded,
    RunLeft,
    RunOutcome,
    StepState,
)
from relconsole.domain.night.plain_json import to_json
from relconsole.domain.night.report import (
    NightOutcome,
    NightReport,
    RecordFigures,
    night_report,
)
from relconsole.domain.night.rollback_facts import (
    RollbackEnded,
    RollbackEnding,
    RollbackFired,
)
from relconsole.domain.readiness.poll import StationAnswer
from tests.unit.domain.night.scenes import (
    ANNOUNCE,
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
    UNDO_DEPLOY,
    Night,
    armed,
    at,
    begin,
    estate,
    fleet_row,
    release,
    runbook,
    signature,
)


def play(night: Night, *, deploy: StepState = StepState.DONE, end: float = 71) -> Night:
    """Play a night by the book to its last step; its end is still to be told."""
    night.start(ANNOUNCE, 0, MARA)
    night.end(ANNOUNCE, 2, MARA)
    night.start(STOP, 2, ASHA)
    night.end(STOP, 7, ASHA)
    night.start(DEPLOY, 7, JO)
    night.add(
        CheckRead(
            run=RUN,
            step=DEPLOY,
            attempt=1,
            check="p95",
            value=0.4,
            passed=True,
            says="0.4",
            source="metrics",
        ),
        14,
    )
    night.end(DEPLOY, 15, state=deploy, note="" if deploy is StepState.DONE else "one retry")
    night.add(GateDecided(run=RUN, step=GATE, decision=StationAnswer.GO, seen=PLAN), 16, MARA)
    night.start(GATE, 16, MARA)
    night.end(GATE, 17, MARA)
    night.start(DROP, 60, ASHA)
    night.end(DROP, end)
    return night


def finish(night: Night, after: float = 72) -> Night:
    night.add(RunEnded(run=RUN, outcome=RunOutcome.FINISHED), after, MARA)
    night.add(CheckpointAnchored(run=RUN, size=len(night.facts), root=PLAN, place="file"), after)
    return night


def told(night: Night) -> NightReport:
    return night_report(
        night.run,
        night.facts,
        release(),
        estate(),
        at(80),
        figures=RecordFigures(facts=len(night.facts), root=PLAN),
    )


def go_back(night: Night, ending: RollbackEnding, only: str = "") -> Night:
    night.add(armed(only=ServiceId(only) if only else None), 20, JO)
    night.add(RollbackFired(run=RUN, plan=OTHER_PLAN, second=signature(), person=JO), 21, JO)
    night.start(UNDO_DEPLOY, 22, JO)
    night.end(UNDO_DEPLOY, 24)
    night.add(RollbackEnded(run=RUN, ending=ending, fleet=(fleet_row(("2.30.4",)),)), 25)
    return night


def test_that_a_night_by_the_book_is_successful() -> None:
    report = told(finish(play(begin())))
    assert (report.outcome, report.closure) == (NightOutcome.SUCCESSFUL, "successful")
    assert report.because == ("every step done as planned",)
    assert (report.issues, report.defects) == ((), ())
    assert (report.done, report.planned) == (5, 5)
    assert (report.ended_at, report.late) == (at(72), at(72) - at(180))
    assert (report.change, report.plan) == ("CHG-48213 in itsm", PLAN)


def test_that_an_open_night_has_no_outcome_yet() -> None:
    report = told(begin())
    assert (report.outcome, report.because, report.closure) == (None, (), "")
    assert (report.ended_at, report.late, report.standing) == (None, None, None)
    held = begin()
    held.add(HoldBegan(run=RUN, cause=HoldCause.CHECK, thing="deploy", reasons=("p95",)), 1)
    held.add(RunLeft(run=RUN, outcome=RunOutcome.HELD, reasons=()), 2)
    assert (told(held).outcome, told(held).standing) == (None, RunOutcome.HELD)


def amend(night: Night) -> None:
    night.add(
        PlanAmended(
            run=RUN,
            reason="vendor late",
            says=(),
            runbook=runbook(),
            plan=OTHER_PLAN,
            step_digests=Map(),
            calls=Map(),
            changed=(),
            forecast=PLAN,
        ),
        18,
        MARA,
    )


def settle(night: Night) -> None:
    intended = EffectIntended(
        run=RUN,
        system=SystemId("ci"),
        effect_kind="job.start",
        purpose=Purpose.STEP,
        fence=1,
        step=DEPLOY,
    )
    effect = EffectId(night.add(intended, 18))
    night.add(EffectSettledByHand(run=RUN, effect=effect, outcome=None, note="off"), 19, JO)


def open_problem(night: Night) -> None:
    night.add(ProblemOpened(run=RUN, problem="P1", what="slow", severity="low"), 18, JO)
    night.add(ProblemClosed(run=RUN, problem="P1"), 19, JO)


def open_incident(night: Night) -> None:
    opened = ProblemOpened(run=RUN, problem="P2", what="slow", severity="low", incident="INC-7")
    night.add(opened, 18, JO)
    night.add(ProblemClosed(run=RUN, problem="P2"), 19, JO)


def hold(night: Night) -> None:
    night.add(HoldBegan(run=RUN, cause=HoldCause.TRIGGER, thing="p95", reasons=("high",)), 18)
    night.add(HoldEnded(run=RUN, cause=HoldCause.TRIGGER, thing="p95"), 19, MARA)


def false_alarm(night: Night) -> None:
    night.add(TriggerStood(run=RUN, trigger="p95", value=0.9, since=at(17), reasons=("high",)), 18)
    night.add(TriggerMarkedFalse(run=RUN, trigger="p95", note="probe"), 19, MARA)


def real_alarm(night: Night) -> None:
    night.add(TriggerStood(run=RUN, trigger="p95", value=0.9, since=at(17), reasons=("high",)), 18)


def leave_open(night: Night) -> None:
    night.add(LeftOpen(run=RUN, entry="s", what="alerts", owner=JO, closes="end it"), 18)


def jump(night: Night) -> None:
    night.add(ClockJumped(run=RUN, seconds=90.0), 18)


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (amend, "plan amended: vendor late"),
        (settle, "effects settled by hand: 1"),
        (open_problem, "problem P1: slow"),
        (open_incident, "problem P2: slow (incident INC-7, stated by jo)"),
        (hold, "hold, trigger p95"),
        (false_alarm, "trigger p95 stood, a false positive"),
        (real_alarm, "trigger p95 stood"),
        (leave_open, "left open: alerts"),
        (jump, "the wall clock jumped by +90 s"),
    ],
)
def test_that_any_trouble_makes_it_a_success_with_issues(
    trouble: Callable[[Night], None], says: str
) -> None:
    night = play(begin())
    trouble(night)
    report = told(finish(night))
    assert report.outcome is NightOutcome.SUCCESSFUL_WITH_ISSUES
    assert report.issues == (says,)
    assert report.because == ("1 not as planned",)
    assert report.closure == "successful with issues"


def test_that_a_remark_and_a_slow_step_are_issues() -> None:
    report = told(finish(play(begin(), deploy=StepState.DONE_WITH_REMARK, end=75)))
    assert report.issues == ("drop: beyond its estimate", "deploy: one retry")
    assert report.done == 5
    bare = play(begin())
    deploy = bare.run.steps[DEPLOY]
    remarked = replace(deploy, state=StepState.DONE_WITH_REMARK)
    bare.run = replace(bare.run, steps=bare.run.steps.set(DEPLOY, remarked))
    assert told(finish(bare)).issues == ("deploy: done with a remark",)


def test_that_an_end_after_the_window_is_an_issue() -> None:
    report = told(finish(play(begin()), after=185))
    assert report.issues == ("over 5m 00s after the end of the window",)


def test_that_a_step_found_not_needed_is_no_issue() -> None:
    night = begin()
    for step in (ANNOUNCE, STOP, DEPLOY, GATE, DROP):
        night.end(step, 1, MARA, state=StepState.NOT_NEEDED)
    assert told(finish(night)).outcome is NightOutcome.SUCCESSFUL


@pytest.mark.parametrize("state", [StepState.SKIPPED, StepState.FAILED])
def test_that_a_production_step_left_undone_makes_it_partly(state: StepState) -> None:
    night = play(begin())
    drop = night.run.steps[DROP]
    night.run = replace(night.run, steps=night.run.steps.set(DROP, replace(drop, state=state)))
    report = told(finish(night))
    assert (report.outcome, report.because) == (NightOutcome.PARTLY, (f"drop {state}",))
    assert report.closure == "partly implemented"


def test_that_a_skipped_announcement_is_an_issue_only() -> None:
    night = play(begin())
    first = night.run.steps[ANNOUNCE]
    skipped = replace(first, state=StepState.SKIPPED)
    night.run = replace(night.run, steps=night.run.steps.set(ANNOUNCE, skipped))
    assert told(finish(night)).outcome is NightOutcome.SUCCESSFUL_WITH_ISSUES


def test_that_a_whole_rollback_observed_on_the_old_state_is_rolled_back() -> None:
    night = go_back(begin(), RollbackEnding.ROLLED_BACK)
    assert told(night).outcome is NightOutcome.ROLLED_BACK
    night.add(RunEnded(run=RUN, outcome=RunOutcome.ROLLED_BACK), 26, MARA)
    report = told(night)
    assert (report.outcome, report.closure) == (NightOutcome.ROLLED_BACK, "rolled back")
    assert report.rollback is not None
    assert report.rollback.is_yes
    assert [row.step for row in report.steps if row.undo] == [UNDO_DEPLOY]
    assert report.planned == 5


@pytest.mark.parametrize(
    ("ending", "only", "because"),
    [
        (RollbackEnding.PARTIAL, "", "a rollback was fired and is partial"),
        (RollbackEnding.UNKNOWN, "", "a rollback was fired and is unknown"),
        (
            RollbackEnding.ROLLED_BACK,
            "payments-api",
            "a rollback of payments-api alone was fired and is rolled back",
        ),
    ],
)
def test_that_a_rollback_that_is_not_whole_makes_it_partly(
    ending: RollbackEnding, only: str, because: str
) -> None:
    night = go_back(begin(), ending, only)
    assert (told(night).outcome is None) == (ending is not RollbackEnding.ROLLED_BACK)
    night.add(RunLeft(run=RUN, outcome=RunOutcome.HELD, reasons=()), 26, MARA)
    report = told(night)
    assert (report.outcome, report.because) == (NightOutcome.PARTLY, (because,))


def test_that_a_rollback_under_way_when_the_run_ended_is_not_over() -> None:
    night = begin()
    night.add(armed(), 20, JO)
    assert told(night).outcome is None
    night.add(RollbackFired(run=RUN, plan=OTHER_PLAN, second=signature(), person=JO), 21, JO)
    assert told(night).outcome is None
    night.add(RunEnded(run=RUN, outcome=RunOutcome.FINISHED), 22, MARA)
    assert told(night).because == ("a rollback was fired and is not over",)


def test_that_an_armed_rollback_that_was_never_fired_changes_no_outcome() -> None:
    night = play(begin())
    night.add(armed(), 69, JO)
    assert told(finish(night)).outcome is NightOutcome.SUCCESSFUL


@pytest.mark.parametrize("touched", [False, True])
def test_that_a_night_left_with_its_line_stopped_is_stopped(touched: bool) -> None:
    night = begin()
    if touched:
        night.start(STOP, 1, ASHA)
    night.add(LineStopped(run=RUN, note="wrong host"), 2, ASHA)
    assert told(night).outcome is None
    night.add(RunLeft(run=RUN, outcome=RunOutcome.STOPPED, reasons=("line stopped",)), 3, MARA)
    report = told(night)
    assert (report.outcome, report.because) == (NightOutcome.STOPPED, ("line stopped",))
    assert report.closure == ("partly implemented" if touched else "not implemented")
    assert (report.ended_at, report.late) == (None, None)


def test_that_an_end_without_reasons_says_that_it_was_none() -> None:
    night = begin()
    night.add(RunEnded(run=RUN, outcome=RunOutcome.ROLLED_BACK), 3, MARA)
    assert told(night).because == ("the run did not come to its end",)


def test_that_a_rehearsal_proposes_no_closure_and_is_late_for_no_window() -> None:
    report = told(finish(play(begin(rehearsal=True)), after=500))
    assert (report.outcome, report.closure, report.late) == (NightOutcome.SUCCESSFUL, "", None)


def test_that_the_report_says_what_it_cannot_prove() -> None:
    night = play(begin())
    night.add(RunEnded(run=RUN, outcome=RunOutcome.FINISHED), 72, MARA, signed=False)
    assert told(night).defects == (
        "unproven: acts of mara without a signature: 1",
        "not anchored: no head of this record stands anywhere outside it",
    )
    anchored = play(begin())
    anchored.add(CheckpointAnchored(run=RUN, size=9, root=PLAN, place="file"), 72)
    later = len(anchored.facts) - 10
    assert told(anchored).defects == (f"{later} facts are later than the last anchor",)


def test_that_a_release_without_a_change_record_names_none() -> None:
    night = finish(play(begin()))
    bare = replace(release(), change=None)
    report = night_report(night.run, night.facts, bare, estate(), at(80))
    assert (report.change, report.figures) == ("", None)


def test_that_a_report_is_plain_json() -> None:
    night = go_back(begin(), RollbackEnding.PARTIAL)
    night.add(RunLeft(run=RUN, outcome=RunOutcome.HELD, reasons=()), 26, MARA)
    written = as_object(to_json(told(night)))
    assert written["outcome"] == "partly"
    assert as_object(written["rollback"])["state"] == "partial"
    assert RunId(str(written["run"])) == RUN


def test_that_without_the_opening_fact_the_plan_is_the_present_one() -> None:
    night = play(begin())
    amend(night)
    found = night_report(night.run, night.facts[1:], release(), estate(), at(80))
    assert (found.plan, told(night).plan) == (OTHER_PLAN, PLAN)
    assert [row.person for row in told(night).commands] == [MARA]
    assert INES not in [row.person for row in found.commands]
