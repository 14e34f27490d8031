from __future__ import annotations

from dataclasses import fields
from typing import cast

import pytest

from relconsole.domain.kernel.ids import EffectId, PersonId, SystemId
from relconsole.domain.kernel.json import as_object
from relconsole.domain.night.answer import NightAnswer, RunType, night_answer, standing_outcome
from relconsole.domain.night.bridge_facts import (
    HandoverOffered,
    HoldBegan,
    HoldCause,
    HoldEnded,
    LeftOpen,
    LeftOpenHandedOver,
    LineResumed,
    LineStopped,
    ProblemOpened,
    TriggerStood,
)
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectIntended,
    EffectSent,
    Purpose,
)
from relconsole.domain.night.facts import (
    GateDecided,
    RunEnded,
    RunLeft,
    RunOutcome,
    RunTakenUp,
    StationAnswered,
    StepReopened,
    StepState,
)
from relconsole.domain.night.plain_json import to_json
from relconsole.domain.night.rollback_facts import RollbackFired
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
    signature,
)


def hold(thing: str = "p95") -> HoldBegan:
    return HoldBegan(run=RUN, cause=HoldCause.TRIGGER, thing=thing, reasons=("p95 is high",))


def state_of(answer: NightAnswer, step: str) -> str:
    return str({str(name): line.state for name, line in answer.steps.items()}[step])


def test_that_the_answer_has_the_keys_that_the_command_line_promises() -> None:
    written = as_object(to_json(night_answer(begin().run)))
    assert {"run", "type", "outcome", "reasons", "steps", "effects"} <= set(written)
    step = as_object(as_object(written["steps"])["announce"])
    assert {"state", "started", "finished", "by", "attempt"} <= set(step)
    assert written["type"] == "live"
    assert written["outcome"] is None
    assert [field.name for field in fields(NightAnswer)][:6] == list(written)[:6]


def test_that_a_rehearsal_calls_itself_one() -> None:
    assert night_answer(begin(rehearsal=True).run).type is RunType.REHEARSAL


def test_that_a_step_is_ready_once_its_predecessors_let_it_go() -> None:
    night = begin()
    assert state_of(night_answer(night.run), "announce") == "ready"
    assert state_of(night_answer(night.run), "stop-writers") == "not_started"
    night.start(ANNOUNCE, 0, MARA)
    night.end(ANNOUNCE, 2, MARA)
    answer = night_answer(night.run)
    assert state_of(answer, "stop-writers") == "ready"
    assert [(line.step, line.owner) for line in answer.next] == [(STOP, ASHA)]


def test_that_a_fixed_start_keeps_a_step_from_being_ready_where_the_hour_is_known() -> None:
    night = begin()
    night.add(GateDecided(run=RUN, step=GATE, decision=StationAnswer.GO, seen=PLAN), 9, MARA)
    night.start(GATE, 9, MARA)
    night.end(GATE, 10, MARA)
    assert state_of(night_answer(night.run), "drop") == "ready"
    assert state_of(night_answer(night.run, at(59)), "drop") == "not_started"
    assert state_of(night_answer(night.run, at(60)), "drop") == "ready"


def test_that_nothing_is_ready_in_a_run_that_is_over() -> None:
    night = begin()
    night.add(RunEnded(run=RUN, outcome=RunOutcome.FINISHED, reasons=("all done",)), 90)
    answer = night_answer(night.run)
    assert answer.next == ()
    assert (answer.outcome, answer.reasons) == (RunOutcome.FINISHED, ("all done",))


def test_that_an_act_recorded_for_the_owner_is_the_owners_with_the_recorder_beside_it() -> None:
    night = begin()
    night.start(STOP, 2, MARA, for_person=ASHA, heard="voice")
    line = night_answer(night.run).steps[STOP]
    assert (line.by, line.recorded_by, line.started, line.finished) == (ASHA, MARA, at(2), None)
    night.end(STOP, 7, ASHA)
    line = night_answer(night.run).steps[STOP]
    assert (line.by, line.recorded_by, line.finished, line.attempt) == (ASHA, None, at(7), 1)


def test_that_the_starter_answers_for_a_job_whose_end_the_console_saw() -> None:
    night = begin()
    night.start(DEPLOY, 2, JO)
    night.end(DEPLOY, 7)
    line = night_answer(night.run).steps[DEPLOY]
    assert (line.by, line.recorded_by) == (JO, None)


def test_that_a_dropped_step_names_who_dropped_it_and_when() -> None:
    night = begin()
    night.end(STOP, 3, MARA, state=StepState.SKIPPED, for_person=ASHA)
    line = night_answer(night.run).steps[STOP]
    assert (line.state, line.started, line.finished) == (StepState.SKIPPED, None, at(3))
    assert (line.by, line.recorded_by, line.attempt) == (ASHA, MARA, 0)


def test_that_a_step_to_be_repeated_shows_no_times_of_the_attempt_before() -> None:
    night = begin()
    night.start(ANNOUNCE, 0, MARA)
    night.end(ANNOUNCE, 2, MARA)
    night.add(StepReopened(run=RUN, step=ANNOUNCE), 3, MARA)
    line = night_answer(night.run).steps[ANNOUNCE]
    assert line.state is StepState.READY
    assert (line.started, line.finished, line.by, line.attempt) == (None, None, None, 1)


def test_that_what_stands_now_makes_the_outcome_of_an_open_run() -> None:
    night = begin()
    assert standing_outcome(night.run) == (None, ())
    night.add(hold(), 3)
    assert standing_outcome(night.run) == (RunOutcome.HELD, ("trigger p95: p95 is high",))
    night.add(LineStopped(run=RUN, note="wrong host"), 4, ASHA)
    assert standing_outcome(night.run) == (
        RunOutcome.STOPPED,
        ("asha stopped the line: wrong host", "trigger p95: p95 is high"),
    )
    night.add(LineResumed(run=RUN, second=signature()), 5, MARA)
    night.add(LineStopped(run=RUN, note=""), 6)
    assert standing_outcome(night.run)[1][0] == "the console stopped the line"


def test_that_a_run_that_was_left_is_held_until_it_is_taken_up() -> None:
    night = begin()
    night.add(hold(), 3)
    night.add(RunLeft(run=RUN, outcome=RunOutcome.STOPPED, reasons=("interrupted",)), 4)
    night.add(HoldEnded(run=RUN, cause=HoldCause.TRIGGER, thing="p95"), 5)
    assert standing_outcome(night.run) == (
        RunOutcome.HELD,
        ("interrupted", "nobody runs it now; take the run up again"),
    )
    night.add(RunTakenUp(run=RUN, holder="console-2", fence=2), 6)
    assert standing_outcome(night.run) == (None, ())


def test_that_effects_are_listed_by_id_with_what_the_target_calls_them() -> None:
    night = begin()
    effect = EffectId(
        night.add(
            EffectIntended(
                run=RUN,
                system=SystemId("ci"),
                effect_kind="job.start",
                purpose=Purpose.STEP,
                fence=1,
                step=DEPLOY,
            ),
            1,
        )
    )
    night.add(EffectSent(run=RUN, effect=effect), 2)
    night.add(EffectAcknowledged(run=RUN, effect=effect, remote="job-7"), 3)
    written = as_object(as_object(to_json(night_answer(night.run)))["effects"])
    line = as_object(written[effect])
    assert (line["step"], line["state"], line["remote"]) == ("deploy", "acknowledged", "job-7")


@pytest.mark.parametrize("decided", [False, True])
def test_that_a_gate_shows_the_standing_answers_and_the_decision(*, decided: bool) -> None:
    night = begin()
    vote = StationAnswered(run=RUN, step=GATE, station="payments", vote=StationAnswer.GO)
    night.add(vote, 9, JO)
    if decided:
        night.add(GateDecided(run=RUN, step=GATE, decision=StationAnswer.GO, seen=PLAN), 9, MARA)
    gate = night_answer(night.run).gates[GATE]
    assert (gate.stations, gate.quorum) == (("payments", "ledger"), 2)
    assert [(each.station, each.answer, each.by) for each in gate.votes] == [
        ("payments", StationAnswer.GO, JO)
    ]
    assert gate.decision == (StationAnswer.GO if decided else None)


def bridge_facts(night: Night) -> None:
    night.add(hold(), 2)
    night.add(TriggerStood(run=RUN, trigger="p95", value=0.9, since=at(1), reasons=("high",)), 2)
    night.add(
        ProblemOpened(
            run=RUN,
            problem="P1",
            what="slow",
            severity="high",
            owner=JO,
            question="wait?",
            options=("wait", "back"),
            decides=MARA,
            decide_by=at(40),
        ),
        3,
        JO,
    )
    night.add(LeftOpen(run=RUN, entry="silence", what="alerts", owner=JO, closes="end it"), 3)
    night.add(LeftOpenHandedOver(run=RUN, entry="silence", to=INES), 4, INES)
    night.add(HandoverOffered(run=RUN, to=INES, brief=PLAN), 5, MARA)


def test_that_the_bridge_stands_in_the_answer() -> None:
    night = begin()
    bridge_facts(night)
    answer = night_answer(night.run)
    assert [(each.thing, each.since) for each in answer.holds] == [("p95", at(2))]
    assert answer.triggers == ("p95",)
    assert [(each.problem, each.decide_by, each.closed) for each in answer.problems] == [
        ("P1", at(40), None)
    ]
    assert [(each.entry, each.handed_to) for each in answer.left_open] == [("silence", INES)]
    assert (answer.people.commander, answer.people.offered_to) == (MARA, INES)


def test_that_the_steps_of_a_fired_rollback_stand_after_those_of_the_plan() -> None:
    night = begin()
    night.add(armed(), 20, JO)
    assert UNDO_DEPLOY not in night_answer(night.run).steps
    night.add(RollbackFired(run=RUN, plan=OTHER_PLAN, second=signature(), person=JO), 21, JO)
    answer = night_answer(night.run)
    assert list(answer.steps) == [ANNOUNCE, STOP, DEPLOY, GATE, DROP, UNDO_DEPLOY]
    assert [line.step for line in answer.next] == [UNDO_DEPLOY]
    assert cast("PersonId", answer.steps[UNDO_DEPLOY].owner) == JO
