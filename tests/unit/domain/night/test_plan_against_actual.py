from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from immutables import Map

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.bridge_facts import PlanAmended
from relconsole.domain.night.facts import StepReopened, StepState
from relconsole.domain.night.plan_against_actual import Deviation, StepRow, compare_steps
from relconsole.domain.night.rollback_facts import RollbackFired
from relconsole.domain.plan.runbook import Runbook, Step
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
    RUN,
    STOP,
    UNDO_DEPLOY,
    Night,
    armed,
    at,
    begin,
    estate,
    minutes,
    release,
    runbook,
    signature,
)

EXTRA = StepId("flush")


def rows(night: Night, p90: dict[StepId, timedelta] | None = None) -> dict[str, StepRow]:
    found = compare_steps(night.run, night.facts, release(), estate().people, Map(p90 or {}))
    return {row.step: row for row in found}


def amend(night: Night, *steps: Step) -> None:
    night.add(
        PlanAmended(
            run=RUN,
            reason="vendor",
            says=(),
            runbook=Runbook(steps=steps),
            plan=OTHER_PLAN,
            step_digests=Map(),
            calls=Map(),
            changed=(),
            forecast=OTHER_PLAN,
        ),
        1,
        MARA,
    )


def test_that_a_step_done_as_planned_deviates_in_nothing() -> None:
    night = begin()
    night.start(ANNOUNCE, 0, MARA)
    night.end(ANNOUNCE, 2, MARA)
    row = rows(night)[ANNOUNCE]
    assert row.deviations == ()
    assert (row.planned_start, row.planned_finish) == (at(0), at(2))
    assert (row.started, row.finished, row.took, row.attempts) == (at(0), at(2), minutes(2), 1)


def test_that_a_step_still_to_come_has_no_actual_times() -> None:
    row = rows(begin())[DROP]
    assert (row.started, row.finished, row.took, row.attempts) == (None, None, None, 0)
    assert row.planned_start == at(60)
    assert row.deviations == ()


def test_that_inserted_and_removed_steps_are_named_against_the_first_plan() -> None:
    night = begin()
    flush = replace(runbook().steps[1], id=EXTRA, title="Flush")
    amend(night, *runbook().steps[:4], flush)
    found = rows(night)
    assert found[EXTRA].deviations == (Deviation.UNPLANNED,)
    assert (found[EXTRA].planned_start, found[EXTRA].planned_finish) == (None, None)
    assert found[DROP].deviations == (Deviation.TAKEN_OUT,)
    assert list(found)[-1] == DROP


def test_that_dropped_and_failed_steps_say_so() -> None:
    night = begin()
    night.end(STOP, 1, MARA, state=StepState.SKIPPED, for_person=ASHA, heard="voice")
    night.end(GATE, 1, MARA, state=StepState.NOT_NEEDED)
    night.start(DEPLOY, 2, JO)
    night.end(DEPLOY, 3, state=StepState.FAILED)
    found = rows(night)
    assert found[STOP].deviations == (Deviation.SKIPPED,)
    assert found[GATE].deviations == (Deviation.NOT_NEEDED,)
    assert found[DEPLOY].deviations == (Deviation.FAILED,)


def test_that_a_repeated_step_counts_its_attempts_and_its_longest() -> None:
    night = begin()
    night.start(DEPLOY, 20, JO)
    night.end(DEPLOY, 27, state=StepState.FAILED, note="no answer of the router")
    night.add(StepReopened(run=RUN, step=DEPLOY), 28, JO)
    night.start(DEPLOY, 29, JO)
    night.end(DEPLOY, 31)
    row = rows(night)[DEPLOY]
    assert (row.attempts, row.took, row.started, row.finished) == (2, minutes(7), at(20), at(31))
    assert Deviation.REPEATED in row.deviations
    assert row.note == "no answer of the router"


def test_that_a_step_begun_before_its_predecessor_ended_is_out_of_order() -> None:
    night = begin()
    night.start(STOP, 1, ASHA)
    night.start(ANNOUNCE, 2, MARA)
    night.end(ANNOUNCE, 3, MARA)
    assert rows(night)[STOP].deviations == (Deviation.OUT_OF_ORDER,)


def test_that_a_later_repeat_of_the_predecessor_changes_no_order() -> None:
    night = begin()
    night.start(ANNOUNCE, 0, MARA)
    night.end(ANNOUNCE, 1, MARA)
    night.start(STOP, 2, ASHA)
    night.end(STOP, 5, ASHA)
    night.add(StepReopened(run=RUN, step=ANNOUNCE), 6, MARA)
    night.start(ANNOUNCE, 7, MARA)
    night.end(ANNOUNCE, 8, MARA)
    assert rows(night)[STOP].deviations == ()


def test_that_a_skipped_predecessor_has_ended() -> None:
    night = begin()
    night.end(ANNOUNCE, 1, MARA, state=StepState.SKIPPED)
    night.start(STOP, 2, ASHA)
    night.end(STOP, 5, ASHA)
    assert rows(night)[STOP].deviations == ()


def test_that_an_act_recorded_for_the_owner_is_the_owners_own_word_and_labelled() -> None:
    night = begin()
    night.start(ANNOUNCE, 0, MARA)
    night.end(ANNOUNCE, 1, MARA)
    night.start(STOP, 2, MARA, for_person=ASHA, heard="voice")
    night.end(STOP, 6, INES, for_person=ASHA, heard="chat", note="lag 0")
    row = rows(night)[STOP]
    assert (row.by, row.recorded_by, row.heard, row.note) == (ASHA, INES, "chat", "lag 0")
    assert row.deviations == ()


def test_that_an_owners_own_act_shows_nothing_heard() -> None:
    night = begin()
    night.start(STOP, 2, MARA, for_person=ASHA, heard="voice")
    night.end(STOP, 6, ASHA)
    row = rows(night)[STOP]
    assert (row.by, row.recorded_by, row.heard) == (ASHA, None, "")


def test_that_somebody_elses_start_or_end_of_the_owners_step_is_seen_and_dropping_is_none() -> None:
    started, ended, dropped = begin(), begin(), begin()
    for night in (started, ended, dropped):
        night.start(ANNOUNCE, 0, MARA)
        night.end(ANNOUNCE, 1, MARA)
    started.start(STOP, 2, JO)
    ended.start(STOP, 2, ASHA)
    ended.end(STOP, 4, JO)
    dropped.end(STOP, 4, MARA, state=StepState.NOT_NEEDED)
    assert rows(started)[STOP].deviations == (Deviation.WRONG_OWNER,)
    assert rows(ended)[STOP].deviations == (Deviation.WRONG_OWNER,)
    assert rows(dropped)[STOP].deviations == (Deviation.NOT_NEEDED,)


def test_that_an_automated_step_is_the_consoles_whoever_started_it() -> None:
    night = begin()
    night.end(STOP, 1, ASHA)
    night.start(DEPLOY, 2, MARA)
    night.end(DEPLOY, 3)
    assert rows(night)[DEPLOY].deviations == ()


def test_that_an_attempt_beyond_the_worst_case_is_named_and_touching_it_is_not() -> None:
    night = begin()
    night.start(ANNOUNCE, 0, MARA)
    night.end(ANNOUNCE, 0, MARA)
    night.start(STOP, 1, ASHA)
    night.end(STOP, 10, ASHA)
    assert rows(night)[STOP].deviations == ()
    assert rows(night, {STOP: minutes(7)})[STOP].deviations == (Deviation.BEYOND_ESTIMATE,)
    assert rows(night, {STOP: minutes(7)})[STOP].estimate == minutes(7)
    late = begin()
    late.start(ANNOUNCE, 0, MARA)
    late.end(ANNOUNCE, 3, MARA)
    assert rows(late)[ANNOUNCE].deviations == (Deviation.BEYOND_ESTIMATE,)


def test_that_the_steps_of_the_way_back_are_told_as_such() -> None:
    night = begin()
    night.add(armed(), 20, JO)
    night.add(RollbackFired(run=RUN, plan=OTHER_PLAN, second=signature(), person=JO), 21, JO)
    night.start(UNDO_DEPLOY, 22, JO)
    night.end(UNDO_DEPLOY, 24)
    row = rows(night)[UNDO_DEPLOY]
    assert (row.undo, row.planned_start, row.deviations) == (True, None, ())


def test_that_a_rehearsal_is_measured_from_its_own_opening() -> None:
    night = begin(rehearsal=True, after=-600)
    assert rows(night)[ANNOUNCE].planned_start == at(-600)


def test_that_without_the_opening_fact_the_present_plan_is_the_measure() -> None:
    night = begin()
    found = compare_steps(night.run, (), release(), estate().people)
    assert {row.deviations for row in found} == {()}
