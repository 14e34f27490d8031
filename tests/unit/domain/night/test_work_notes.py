"""The notes that a night owes its change record: each milestone once, whoever conducts."""

from __future__ import annotations

import json

from relconsole.domain.kernel.ids import Digest, EffectId
from relconsole.domain.night.bridge_commands import CloseProblem, OpenProblem
from relconsole.domain.night.bridge_facts import PlanAmended
from relconsole.domain.night.change_commands import TellChange
from relconsole.domain.night.effect_facts import EffectIntended, EffectRefused, EffectSent, Purpose
from relconsole.domain.night.facts import RunOutcome, RunTakenUp
from relconsole.domain.night.rollback_facts import ReconcileRow, RollbackEnded, RollbackEnding
from relconsole.domain.night.step_commands import Said
from relconsole.domain.night.work_notes import due_notes, last_note
from tests.unit.domain.night.nights import CONSOLE, Bridge
from tests.unit.domain.night.scenes import (
    ANNOUNCE,
    DEPLOY,
    GATE,
    PLAN,
    RUN,
    STOP,
    begin,
)


def bridge() -> Bridge:
    """A night under a lease, which has told that it began."""
    night = Bridge(night=begin())
    night.record(RunTakenUp(run=RUN, holder="desk-1", fence=7))
    assert texts(night) == ["the night of pay-4 began, opened by mara; change approved"]
    return night


def texts(night: Bridge) -> list[str]:
    """What is told now and was not before."""
    facts = night.does(TellChange(run=RUN), by=CONSOLE)
    notes = [fact for fact in facts if isinstance(fact, EffectIntended)]
    assert {fact.purpose for fact in notes} <= {Purpose.NOTE}
    return [json.loads(fact.payload)["text"] for fact in notes]


def test_that_what_was_told_is_not_told_again() -> None:
    assert texts(bridge()) == []


def test_that_jobs_and_gates_are_told_as_they_come_to_an_end() -> None:
    night = bridge()
    night.comes_to(ANNOUNCE, STOP, DEPLOY)
    (job,) = texts(night)
    assert job.startswith("deploy, attempt 1: succeeded in ci as job-")
    night.comes_to(GATE)
    assert texts(night) == ["gate canary: go"]


def test_that_a_job_that_was_refused_is_told_as_refused() -> None:
    night = bridge()
    night.comes_to(ANNOUNCE, STOP)
    night.does(night.start(DEPLOY), by="jo")
    (effect,) = night.effects(DEPLOY)
    assert texts(night) == []
    night.record(
        EffectSent(run=RUN, effect=EffectId(effect)),
        EffectRefused(run=RUN, effect=EffectId(effect), reason="no such job"),
    )
    assert texts(night) == ["deploy, attempt 1: refused in ci"]


def test_that_a_problem_is_told_when_it_opens_and_when_it_closes() -> None:
    night = bridge()
    opened = OpenProblem(run=RUN, problem="P1", what="checkout is\nslow", severity="high")
    night.does(opened)
    assert texts(night) == ["problem P1, high: checkout is slow"]
    night.does(CloseProblem(run=RUN, problem="P1", decision="", said=Said(note="gone")))
    assert texts(night) == ["problem P1 is closed"]
    night.does(OpenProblem(run=RUN, problem="P2", what="x", severity="low"))
    night.does(CloseProblem(run=RUN, problem="P2", decision="go on", said=Said(note="ok")))
    assert texts(night) == ["problem P2, low: x", "problem P2 is closed: go on"]


def test_that_an_amended_plan_is_told_with_its_reason() -> None:
    night = bridge()
    night.record(
        PlanAmended(
            run=RUN,
            reason="the vendor asked",
            says=("a step more",),
            runbook=night.run.runbook,
            plan=Digest("c" * 64),
            step_digests=night.run.step_digests,
            calls=night.run.calls,
            changed=(),
            forecast=PLAN,
        )
    )
    assert texts(night) == ["the plan was amended: the vendor asked"]


def test_that_a_fired_rollback_is_told_and_what_it_came_to() -> None:
    night = bridge()
    night.comes_to(ANNOUNCE, STOP, DEPLOY)
    texts(night)
    night.fires()
    assert texts(night) == ["the prepared rollback was fired by ben, second ines"]
    rows = (ReconcileRow(item="ledger", reason="unknown"),)
    night.record(RollbackEnded(run=RUN, ending=RollbackEnding.PARTIAL, fleet=(), reconcile=rows))
    assert texts(night) == ["the rollback is partial"]
    night.record(RollbackEnded(run=RUN, ending=RollbackEnding.ROLLED_BACK, fleet=(), reconcile=()))
    assert texts(night) == ["the rollback is rolled back"]


def test_that_the_last_note_counts_the_steps_by_how_they_ended() -> None:
    night = bridge()
    note = last_note(night.run, RunOutcome.ROLLED_BACK)
    assert (note.about, note.text) == ("ended", "the night ended: rolled back; steps: none")
    night.comes_to(ANNOUNCE, STOP)
    assert last_note(night.run, RunOutcome.FINISHED).text.endswith("steps: 2 done")


def test_that_a_rehearsal_owes_nothing() -> None:
    assert due_notes(begin(rehearsal=True).run) == ()
