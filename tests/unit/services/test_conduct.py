"""Conducting: a whole run from its opening to its end, or to what only people can do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.bridge_commands import StopLine
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.facts import RunOutcome, StepState
from relconsole.domain.night.rollback_facts import TotalMoment
from relconsole.domain.night.step_commands import Said
from relconsole.domain.plan.runbook import Runbook, StepKind
from relconsole.domain.release.release import ControlTotal, Indicator, Limit, Severity
from relconsole.ports.questions import Answered, Word
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import METRICS, STATION, data, gate, manual, release, small
from tests.unit.services.bridge import Answers, Bridge

GO = Answered(step=StepId("go"), word=Word.GO, for_name=STATION)
ANSWERS: Answers = {"go": (GO,), "m": (Word.DONE,)}


def test_that_a_night_runs_to_its_end(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()), answers=ANSWERS)
    ending = bridge.play(bridge.conduct())
    assert (ending.outcome, ending.reasons) == (RunOutcome.FINISHED, ())
    assert set(bridge.states().values()) == {StepState.DONE}
    assert bridge.run.is_over
    assert bridge.stored.leases[bridge.run.id].holder == ""
    assert len(bridge.world.jobs) == 2


@pytest.mark.parametrize(("note", "told"), [("smoke", "smoke"), ("", "stopped")])
def test_that_a_stopped_line_is_left_as_stopped(loop: VirtualLoop, note: str, told: str) -> None:
    bridge = Bridge(loop, release(small()), waits=True)
    bridge.later(1.0, lambda: StopLine(run=bridge.run.id, said=Said(note=note)))
    ending = bridge.play(bridge.conduct())
    assert (ending.outcome, ending.reasons) == (RunOutcome.STOPPED, (told,))
    assert bridge.run.outcome is RunOutcome.STOPPED


def test_that_a_person_may_leave_in_order(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()), waits=True)
    bridge.is_cancelled = True
    ending = bridge.play(bridge.conduct())
    assert ending.outcome is RunOutcome.HELD
    assert ending.reasons == ("left by the person who conducts",)
    assert bridge.stored.leases[bridge.run.id].holder == ""


def test_that_a_failed_job_holds_the_night(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()), answers=ANSWERS)
    bridge.world.runs = lambda request: (0.0, bridge.ending_of(request, failing="a"))
    ending = bridge.play(bridge.conduct())
    assert ending.outcome is RunOutcome.HELD
    assert "a failed" in ending.reasons[0]
    assert bridge.states()["go"] is StepState.NOT_STARTED


def test_that_a_fired_rollback_is_not_conducted_forward(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()), two_people=True)

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("a")
        await bridge.work()
        await bridge.fire()
        ending = await bridge.conduct()
        assert ending.reasons == ("a rollback was fired; only that goes on",)

    bridge.play(scene())


def test_that_a_walk_through_asks_for_every_step(loop: VirtualLoop) -> None:
    answers: Answers = {**ANSWERS, "a": (Word.DONE,), "b": (Word.DONE,)}
    bridge = Bridge(loop, release(small()), answers=answers)
    ending = bridge.play(bridge.conduct(rehearsal=True))
    assert ending.outcome is RunOutcome.FINISHED
    assert bridge.world.jobs == []


def test_that_a_restore_point_stands_before_data_is_changed_and_totals_after(
    loop: VirtualLoop,
) -> None:
    total = ControlTotal(id="rows", title="Rows", system=METRICS, query="rows")
    found = release(data())
    found = replace(found, rollback=replace(found.rollback, control_totals=(total,)))
    bridge = Bridge(loop, found)
    bridge.see("rows", ({}, 5.0))
    ending = bridge.play(bridge.conduct())
    assert ending.outcome is RunOutcome.FINISHED
    assert [job.payload["job"] for job in bridge.world.jobs] == [
        "deploy",
        "save",
        "verify",
        "deploy",
    ]
    assert [kept.moment for kept in bridge.run.totals] == [TotalMoment.BEFORE, TotalMoment.AFTER]


def test_that_a_rehearsal_of_a_data_step_takes_neither(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(data()), answers={"a": (Word.DONE,), "b": (Word.DONE,)})
    ending = bridge.play(bridge.conduct(rehearsal=True))
    assert ending.outcome is RunOutcome.FINISHED
    assert not bridge.run.restore_points


def test_that_a_monitoring_outage_holds_only_while_it_lasts(loop: VirtualLoop) -> None:
    rate = Indicator(
        id="rate",
        title="Rate",
        system=METRICS,
        query="rate",
        severity=Severity.CRITICAL,
        limit=Limit(above=10.0),
        time_to_live=timedelta(seconds=2),
    )
    found = replace(release(Runbook(steps=(gate("go"),))), indicators=(rate,))
    bridge = Bridge(loop, found, answers={"go": (GO,)})
    bridge.see("rate")
    bridge.loop.call_later(20.0, lambda: bridge.see("rate", ({}, 1.0)))
    bridge.asker.answers["go"] = []
    bridge.loop.call_later(5.0, lambda: bridge.asker.answers.update({"go": [GO]}))
    bridge.asker.waits = True
    ending = bridge.play(bridge.conduct())
    assert ending.outcome is RunOutcome.FINISHED
    kinds = [envelope.kind for envelope in bridge.stored.envelopes]
    assert kinds.index("hold_ended") < kinds.index("gate_decided")


def test_that_a_full_disk_ends_the_conducting_and_says_so(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()), answers=ANSWERS)
    bridge.journal.fails_at = 6
    with pytest.raises(WorldIsDown) as refused:
        bridge.play(bridge.conduct())
    assert refused.value.system == "disk"


def test_that_a_planned_hold_waits_its_time_and_then_for_people(loop: VirtualLoop) -> None:
    pause = replace(manual("pause"), kind=StepKind.HOLD, duration=plain(timedelta(seconds=30)))
    bridge = Bridge(loop, release(Runbook(steps=(pause,))))
    began = loop.time()
    ending = bridge.play(bridge.conduct())
    assert ending.outcome is RunOutcome.HELD
    assert 29.9 < loop.time() - began < 30.5
    assert bridge.held_by() == {(HoldCause.NO_ANSWER, "answers")}
    bridge.asker.answers["pause"] = [Word.DONE]
    assert bridge.play(bridge.conduct()).outcome is RunOutcome.FINISHED
