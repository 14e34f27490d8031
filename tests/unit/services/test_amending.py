"""Weighing amendments: what they would do to the night as it stands, and recording them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_facts import PlanAmended
from relconsole.domain.night.facts import StepState
from relconsole.domain.plan.amendment import Insert, NotNeeded, Retime, Skip
from relconsole.domain.plan.runbook import Step, StepKind, Undo, UndoKind
from tests.unit.presenters import scenes
from tests.unit.presenters.amending import amender_of, enrol, signed, weigh
from tests.unit.presenters.night_plan import RUN

MINUTE = timedelta(minutes=1)
LONGER = Retime(step=StepId("shift-all"), reason="the pool is slow", duration=plain(26 * MINUTE))
NEW = Step(id=StepId("step-1"), title="Check the pool", duration=plain(5 * MINUTE))


def test_that_weighing_records_nothing_and_tells_the_end_and_what_is_void() -> None:
    stage = scenes.alarm()
    size = stage.state.size
    weighed = weigh(stage, replace(LONGER, duration=plain(10 * MINUTE)))
    assert stage.state.size == size
    assert weighed.later_by == 4 * MINUTE
    assert weighed.effect.voided == ("shift-all",)
    assert weighed.command.reason == "the pool is slow"
    assert weighed.refusal is None
    assert not weighed.needs_second


def test_that_what_moves_the_end_too_far_needs_a_second_person_and_nothing_else() -> None:
    stage = enrol(scenes.alarm())
    weighed = weigh(stage, LONGER)
    assert weighed.later_by == 20 * MINUTE
    assert weighed.needs_second
    alone = asyncio.run(amender_of(stage).record(weighed))
    assert isinstance(alone, Refusal)
    both = asyncio.run(amender_of(stage).record(weighed, signed(stage, weighed)))
    assert not isinstance(both, Refusal), both
    assert isinstance(both[0].fact, PlanAmended)


def test_that_what_is_recorded_is_what_was_weighed() -> None:
    stage = scenes.alarm()
    weighed = weigh(stage, NotNeeded(step=StepId("purge"), reason="the edge is cold"))
    assert not isinstance(asyncio.run(amender_of(stage).record(weighed)), Refusal)
    assert stage.state.runs[RUN].steps[StepId("purge")].state is StepState.NOT_NEEDED


def test_that_what_was_weighed_before_the_night_moved_on_is_refused() -> None:
    stage = scenes.alarm()
    weighed = weigh(stage, Skip(step=StepId("purge"), reason="no time"))
    stage.end("02:18", "warm")
    answer = asyncio.run(amender_of(stage).record(weighed))
    assert isinstance(answer, Refusal)
    assert [each.rule for each in answer.reasons] == ["forecast_old"]


def test_that_an_amendment_that_cannot_be_is_refused_before_anything_is_worked_out() -> None:
    stage = scenes.alarm()
    answer = asyncio.run(amender_of(stage).weigh(RUN, (Skip(step=StepId("open"), reason="no"),)))
    assert isinstance(answer, Refusal)
    assert [each.rule for each in answer.reasons] == ["step_has_begun"]


def test_that_a_new_step_obeys_the_rules_of_a_plan() -> None:
    stage = scenes.alarm()
    gate = replace(NEW, kind=StepKind.GATE)
    answer = asyncio.run(amender_of(stage).weigh(RUN, (Insert(step=gate, reason="x"),)))
    assert isinstance(answer, Refusal)
    assert [each.rule for each in answer.reasons] == ["plan_kind"]


def test_that_a_new_step_is_put_in_and_its_call_is_read() -> None:
    stage = scenes.alarm()
    step = replace(NEW, undo=Undo(kind=UndoKind.NONE))
    insert = Insert(step=step, reason="look", before=(StepId("shift-all"),))
    weighed = weigh(stage, insert)
    assert weighed.command.calls == {"step-1": None}
    assert weighed.effect.difference.added == ("step-1",)
    assert not isinstance(asyncio.run(amender_of(stage).record(weighed)), Refusal)
    assert stage.state.runs[RUN].runbook.find(StepId("step-1")) == step
