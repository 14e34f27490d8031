from __future__ import annotations

from dataclasses import replace

from immutables import Map

from relconsole.domain.night.bridge_facts import (
    HandoverAccepted,
    LeftOpen,
    LineStopped,
    PlanAmended,
    ProblemClosed,
    ProblemOpened,
)
from relconsole.domain.night.change_facts import ClosureCode, ClosureConfirmed
from relconsole.domain.night.facts import RunLeft, RunOutcome, StepReopened, StepState
from relconsole.domain.night.layout import WIDTH
from relconsole.domain.night.report import NightReport, night_report
from relconsole.domain.night.report_text import render_report
from relconsole.domain.night.rollback_facts import (
    ControlTotalTaken,
    ReconcileRow,
    RollbackEnded,
    RollbackEnding,
    RollbackFired,
    TotalDifferenceClosed,
    TotalMoment,
)
from relconsole.domain.plan.runbook import Runbook
from tests.unit.domain.night.scenes import (
    ASHA,
    DEPLOY,
    DROP,
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
from tests.unit.domain.night.test_brief_text import squeezed
from tests.unit.domain.night.test_report import (
    false_alarm,
    finish,
    hold,
    play,
    real_alarm,
    settle,
    told,
)


def a_hard_night() -> Night:
    """Recorded acts, a repeat, every kind of trouble, and a rollback that stays partial."""
    night = begin()
    night.start(STOP, 2, MARA, for_person=ASHA, heard="voice")
    night.end(STOP, 14, INES, for_person=ASHA, heard="chat", note="lag is 0")
    night.start(DEPLOY, 7, JO)
    night.end(DEPLOY, 9, state=StepState.FAILED)
    night.add(StepReopened(run=RUN, step=DEPLOY), 10, JO)
    night.start(DEPLOY, 11, JO, commit=signature())
    night.end(DEPLOY, 13)
    for trouble in (hold, false_alarm, real_alarm, settle):
        trouble(night)
    for moment, value in ((TotalMoment.BEFORE, 12.0), (TotalMoment.AFTER, None)):
        night.add(ControlTotalTaken(run=RUN, total="rows", moment=moment, value=value), 19)
    night.add(
        TotalDifferenceClosed(
            run=RUN,
            total="rows",
            moment=TotalMoment.AFTER,
            cause="late",
            correction="booked",
            owner=ASHA,
        ),
        19,
        INES,
    )
    for second in (None, signature()):
        night.add(
            PlanAmended(
                run=RUN,
                reason="vendor late",
                says=("drop moves",),
                runbook=runbook(),
                plan=OTHER_PLAN,
                step_digests=Map(),
                calls=Map(),
                changed=(DROP,),
                forecast=PLAN,
                second=second,
            ),
            19,
            MARA,
        )
    for name in ("P1", "P2", "P3"):
        night.add(ProblemOpened(run=RUN, problem=name, what="slow", severity="low"), 19, JO)
    night.add(ProblemClosed(run=RUN, problem="P1", decision="go back"), 20, MARA)
    night.add(ProblemClosed(run=RUN, problem="P2"), 20, MARA)
    night.add(LeftOpen(run=RUN, entry="s", what="alerts", owner=JO, closes="end it"), 20)
    night.add(HandoverAccepted(run=RUN, brief=PLAN), 20, INES)
    night.add(armed(), 20, JO)
    night.add(RollbackFired(run=RUN, plan=OTHER_PLAN, second=signature(), person=JO), 21, JO)
    night.start(UNDO_DEPLOY, 22, JO)
    night.end(UNDO_DEPLOY, 24)
    night.add(
        RollbackEnded(
            run=RUN,
            ending=RollbackEnding.PARTIAL,
            fleet=(fleet_row(("2.30.4",)), replace(fleet_row(()), ok=False)),
            reconcile=(ReconcileRow(item="ledger", reason="nobody answers"),),
        ),
        25,
    )
    night.add(LineStopped(run=RUN, note=""), 26, ASHA)
    night.add(RunLeft(run=RUN, outcome=RunOutcome.STOPPED, reasons=("stopped",)), 27, MARA)
    return night


def text_of(report: NightReport) -> str:
    text = render_report(report)
    assert all(len(line) <= WIDTH for line in text.splitlines())
    return text


def test_that_a_good_night_fits_on_a_page_with_its_record() -> None:
    text = text_of(told(finish(play(begin()))))
    first, _, detail = text.partition("-" * 80)
    assert len(first.splitlines()) < 40
    page = squeezed(first)
    for words in (
        "NIGHT REPORT Payments Core 2026.4",
        "release pay-4 in prod (live)",
        "change CHG-48213 in itsm",
        "outcome SUCCESSFUL",
        "because every step done as planned",
        "closure code successful (proposed; counts once a person has confirmed it)",
        "run run-1, opened 2026-04-20 23:30:00Z (01:30:00 Berlin) by mara",
        "ended 2026-04-21 00:42:00Z (02:42:00 Berlin), 1h 48m early against the window",
        "commanders mara from 23:30Z (01:30)",
        "steps 5 of 5 done",
        f"root {PLAN}",
    ):
        assert words in page
    assert "NOT AS PLANNED" not in page
    assert "stop-writers done 23:32Z (01:32) 23:32Z (01:32) 5m 00s" in squeezed(detail)


def test_that_a_hard_night_tells_everything_in_the_detail() -> None:
    report = told(a_hard_night())
    first, _, detail = text_of(report).partition("-" * 80)
    page, rest = squeezed(first), squeezed(detail)
    assert "outcome PARTLY" in page
    assert f"and {len(report.issues) - 6} more, see the detail" in page
    assert "ended not yet" in page
    assert "commanders mara from 23:30Z (01:30), ines from 23:50Z (01:50)" in page
    assert "not anchored: no head of this record stands anywhere outside it" in page
    for words in (
        "by asha, recorded by ines (chat); OUT OF ORDER, BEYOND ITS ESTIMATE; lag is 0",
        "attempts 2",
        "undo undo-deploy done - 23:52Z (01:52) 2m 00s by jo",
        "HOLDS 23:48Z (01:48) trigger p95, 1m 00s, ended by mara; high",
        "stop the line, still standing",
        "p95 stood at 23:48Z (01:48) with 0.9, false positive at 23:49Z (01:49) by mara: probe",
        "standing; high",
        "P1 (low): slow; owner nobody; closed 23:50Z (01:50): go back",
        "P2 (low): slow; owner nobody; closed 23:50Z (01:50): no word",
        "P3 (low): slow; owner nobody; open",
        "AMENDMENTS 23:49Z (01:49) mara: vendor late; drop moves",
        "mara and ines: vendor late; drop moves",
        "commit past latest safe start, deploy: jo and ines, who signed at 23:30Z (01:30)",
        "job.start at ci for deploy: never happened, says jo: off",
        "rows before: 12",
        "rows after: unknown; difference closed by asha: late; booked",
        "ROLLBACK partial",
        "payments-api at prod: 2.30.4, back to 2.30.4",
        "payments-api at prod: unknown, back to 2.30.4 - NOT AS IT SHOULD BE",
        "to reconcile: ledger: nobody answers",
        "alerts (jo, no expiry); closed by: end it",
    ):
        assert words in rest, words


def test_that_a_recorded_act_is_never_shown_as_the_owners_own() -> None:
    night = begin()
    night.start(STOP, 2, MARA, for_person=ASHA)
    night.end(STOP, 6, MARA, for_person=ASHA)
    shown = squeezed(text_of(told(night)))
    assert "by asha, recorded by mara" in shown
    assert "by asha;" not in shown


def test_that_an_open_night_says_how_it_stands() -> None:
    assert "outcome NOT OVER, running" in squeezed(text_of(told(begin())))
    night = begin()
    night.add(LineStopped(run=RUN, note="wrong host"), 1, ASHA)
    shown = squeezed(text_of(told(night)))
    assert "outcome NOT OVER, stopped: asha stopped the line: wrong host" in shown


def test_that_a_confirmed_closure_code_is_told_with_who_confirmed_it_and_why() -> None:
    for note, words in (("", ""), ("the rest is next week", ": the rest is next week")):
        night = finish(play(begin()))
        confirmed = ClosureConfirmed(
            run=RUN,
            change="CHG-48213",
            code=ClosureCode.PARTLY,
            proposed=ClosureCode.SUCCESSFUL,
            note=note,
        )
        night.add(confirmed, 90, ASHA)
        shown = squeezed(text_of(told(night)))
        assert "closure code partly implemented (confirmed" in shown
        assert f"by asha{words})" in shown


def test_that_a_report_without_figures_names_the_plan_alone() -> None:
    night = begin()
    report = night_report(night.run, night.facts, release(), estate(), at(5))
    nameless = replace(report, opened_by=None, commands=())
    shown = squeezed(text_of(nameless))
    assert f"record plan {PLAN}" in shown
    assert "(01:30:00 Berlin) ended not yet" in shown
    assert "commanders mara steps" in shown


def test_that_a_rehearsal_and_a_plan_without_steps_leave_out_what_they_do_not_have() -> None:
    night = finish(begin(Runbook(), rehearsal=True))
    shown = squeezed(text_of(told(night)))
    assert "closure code" not in shown
    assert "PLAN AGAINST ACTUAL" not in shown
    assert "ended 2026-04-21 00:42:00Z (02:42:00 Berlin) approval" in shown


def test_that_an_effect_without_a_step_and_a_rollback_never_observed_are_told() -> None:
    night = begin()
    night.add(armed(), 20, JO)
    report = told(night)
    shown = squeezed(text_of(report))
    assert "ROLLBACK refused payments-api at prod: 2.30.4, 2.31.0, back to 2.30.4" in shown
    settled = told(a_hard_night()).settled
    bare = replace(report, settled=(replace(settled[0], step=None),))
    assert "job.start at ci: never happened" in squeezed(text_of(bare))
