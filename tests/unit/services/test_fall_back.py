"""Running a fired rollback: until everything is observed back, or people must act."""

from dataclasses import replace

import pytest

from relconsole.domain.kernel.ids import EffectId, StepId
from relconsole.domain.night.bridge_commands import (
    BeginHold,
    EndHold,
    LeaveOpen,
    ReportClockJump,
    StopLine,
)
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.effect_facts import EffectSettledByHand
from relconsole.domain.night.facts import RunOutcome, StepState
from relconsole.domain.night.rollback_facts import RollbackEnding
from relconsole.domain.night.run_commands import MoveEffect
from relconsole.domain.night.step_commands import RepeatStep, Said
from relconsole.domain.plan.runbook import Runbook, UndoKind
from relconsole.domain.record.effect import EffectState, Outcome, RecognisesRepeat
from relconsole.domain.release.release import Release
from relconsole.plugin_api.effects import EffectRequest, Ending
from relconsole.ports.questions import Word
from tests.helpers.fakes.plugins import Course, Way
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import (
    CI,
    MINUTE,
    NEW,
    PAY,
    chain,
    data,
    deploy,
    manual,
    release,
    small,
    wide,
)
from tests.unit.services.bridge import Bridge

PRESERVED = "before-rollback-"


def two(loop: VirtualLoop, found: Release | None = None) -> Bridge:
    """A release that two people may roll back."""
    plan = found or release(small())
    short = replace(plan, runbook=replace(plan.runbook, verification=MINUTE / 6))
    return Bridge(loop, short, two_people=True)


async def fired(bridge: Bridge, *steps: str) -> None:
    """A night in which these steps were done and a rollback was fired."""
    await bridge.night()
    await bridge.begin(*steps)
    await bridge.work()
    await bridge.fire()


def test_that_a_rollback_ends_when_everything_is_observed_back(loop: VirtualLoop) -> None:
    bridge = two(loop)

    async def scene() -> None:
        await fired(bridge, "a", "b")
        assert bridge.world.version(PAY, "") == NEW
        ending = await bridge.fall_back()
        assert (ending.outcome, ending.reasons) == (RunOutcome.ROLLED_BACK, ())
        rollback = bridge.run.rollback
        assert rollback is not None
        assert rollback.ending is RollbackEnding.ROLLED_BACK
        assert bridge.run.is_over
        assert bridge.world.version(PAY, "") == "1.0"
        assert rollback.preserved
        assert all(folder.startswith(PRESERVED) for folder, _ in bridge.evidence.files)
        assert bridge.stored.leases[bridge.run.id].holder == ""

    bridge.play(scene())


def test_that_what_is_only_asked_for_is_not_back(loop: VirtualLoop) -> None:
    """The job says that it succeeded, and the fleet goes on running the new version."""
    bridge = two(loop)

    async def scene() -> None:
        await fired(bridge, "a")
        bridge.see("version:pay", ({"instance": "1", "version": NEW}, 1.0))
        began = loop.time()
        ending = await bridge.fall_back()
        assert ending.outcome is RunOutcome.HELD
        assert "should run 1.0; 1 runs 2.0" in ending.reasons[0]
        assert loop.time() - began >= 10
        rollback = bridge.run.rollback
        assert rollback is not None
        assert rollback.ending is RollbackEnding.PARTIAL
        assert not bridge.run.is_over

    bridge.play(scene())


def test_that_a_partial_rollback_is_gone_on_with(loop: VirtualLoop) -> None:
    bridge = two(loop)
    failing = {"undo-a"}
    bridge.world.runs = lambda request: (0.0, _ending(request, failing))

    async def scene() -> None:
        await fired(bridge, "a")
        ending = await bridge.fall_back()
        assert ending.outcome is RunOutcome.HELD
        assert bridge.states()["undo-a"] is StepState.FAILED
        rollback = bridge.run.rollback
        assert rollback is not None
        assert rollback.ending is RollbackEnding.PARTIAL
        failing.clear()
        again = RepeatStep(run=bridge.run.id, step=StepId("undo-a"), said=Said(note="again"))
        await bridge.desk.must(again)
        assert (await bridge.fall_back()).outcome is RunOutcome.ROLLED_BACK

    bridge.play(scene())


def _ending(request: EffectRequest, failing: set[str]) -> Ending:
    return Ending.FAILED if request.step in failing else Ending.SUCCEEDED


def test_that_an_undo_whose_end_nobody_knows_is_settled_by_a_person_and_goes_on(
    loop: VirtualLoop,
) -> None:
    bridge = two(loop)

    async def scene() -> None:
        await fired(bridge, "a")
        bridge.knows_repeats(CI, RecognisesRepeat.NONE)
        bridge.dispatcher_anew()
        bridge.fails("perform", Way.LOSES_THE_ANSWER)
        ending = await bridge.fall_back()
        assert ending.outcome is RunOutcome.HELD
        assert "cannot tell a repeat" in ending.reasons[0]
        effect = bridge.effect("undo-a").effect.id
        await settle(bridge, effect, Outcome.SUCCEEDED)
        assert (await bridge.fall_back()).outcome is RunOutcome.ROLLED_BACK

    bridge.play(scene())


async def settle(bridge: Bridge, effect: EffectId, outcome: Outcome | None) -> None:
    settled = EffectSettledByHand(run=bridge.run.id, effect=effect, outcome=outcome, note="looked")
    await bridge.desk.must(MoveEffect(run=bridge.run.id, move=settled))


def test_that_a_forward_job_that_still_runs_is_called_off_first(loop: VirtualLoop) -> None:
    bridge = two(loop)
    bridge.world.runs = lambda request: (
        600.0 if request.step == "a" else 0.0,
        Ending.SUCCEEDED,
    )

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("a")
        await bridge.deliver()
        await bridge.fire()
        bridge.fails("cancel")
        assert (await bridge.fall_back()).outcome is RunOutcome.ROLLED_BACK
        assert bridge.calls("cancel") == ["cancel", "cancel"]
        assert bridge.effect("a").effect.outcome is Outcome.CANCELLED
        first_undo = bridge.calls().index("perform", bridge.calls().index("cancel"))
        assert first_undo > 0

    bridge.play(scene())


def test_that_a_forward_job_whose_end_nobody_knows_holds_the_way_back(loop: VirtualLoop) -> None:
    bridge = two(loop)
    bridge.knows_repeats(CI, RecognisesRepeat.NONE)
    bridge.fails("perform", Way.LOSES_THE_ANSWER)

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("a")
        await bridge.deliver()
        await bridge.fire()
        ending = await bridge.fall_back()
        assert ending.outcome is RunOutcome.HELD
        assert bridge.states()["undo-a"] is StepState.NOT_STARTED
        await settle(bridge, bridge.effect("a").effect.id, Outcome.SUCCEEDED)
        assert (await bridge.fall_back()).outcome is RunOutcome.ROLLED_BACK

    bridge.play(scene())


@pytest.mark.parametrize(("note", "told"), [("smoke", "smoke"), ("", "stopped")])
def test_that_a_stopped_line_stops_the_way_back_too(
    loop: VirtualLoop, note: str, told: str
) -> None:
    bridge = two(loop)

    async def scene() -> None:
        await fired(bridge, "a")
        await bridge.desk.must(StopLine(run=bridge.run.id, said=Said(note=note)))
        ending = await bridge.fall_back()
        assert (ending.outcome, ending.reasons) == (RunOutcome.STOPPED, (told,))
        assert bridge.states()["undo-a"] is StepState.NOT_STARTED

    bridge.play(scene())


@pytest.mark.parametrize("cause", [HoldCause.CLOCK, HoldCause.PERSON])
def test_that_a_clock_in_doubt_or_a_person_holds_the_way_back_and_ends_nothing(
    loop: VirtualLoop, cause: HoldCause
) -> None:
    bridge = two(loop)

    async def scene() -> None:
        await fired(bridge, "a")
        run = bridge.run.id
        if cause is HoldCause.CLOCK:
            await bridge.desk.must(ReportClockJump(run=run, seconds=90.0))
        else:
            await bridge.desk.must(
                BeginHold(run=run, cause=cause, thing="clock", reasons=("wait",))
            )
        assert (await bridge.fall_back()).outcome is RunOutcome.HELD
        rollback = bridge.run.rollback
        assert rollback is not None
        assert rollback.ending is None
        end = EndHold(run=run, cause=cause, thing="clock", said=Said(note="seen"))
        await bridge.desk.must(end)
        assert (await bridge.fall_back()).outcome is RunOutcome.ROLLED_BACK

    bridge.play(scene())


def test_that_a_person_may_leave_a_rollback_in_order(loop: VirtualLoop) -> None:
    bridge = two(loop)

    async def scene() -> None:
        await fired(bridge, "a")
        bridge.is_cancelled = True
        ending = await bridge.fall_back()
        assert ending.reasons == ("left by the person who conducts",)
        bridge.is_cancelled = False
        assert (await bridge.fall_back()).outcome is RunOutcome.ROLLED_BACK

    bridge.play(scene())


def test_that_a_manual_undo_is_asked_about_and_held_for(loop: VirtualLoop) -> None:
    step = manual("m")
    undone = replace(step, undo=replace(deploy("a", PAY).undo, run=None, kind=UndoKind.INVERSE))
    bridge = two(loop, replace(release(Runbook(steps=(undone,))), items=()))

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("m")
        await bridge.do("m")
        await bridge.fire()
        ending = await bridge.fall_back()
        assert ending.outcome is RunOutcome.HELD
        assert bridge.held_by() == {(HoldCause.NO_ANSWER, "answers")}
        bridge.asker.answers["undo-m"] = [Word.DONE]
        ending = await bridge.fall_back()
        assert ending.outcome is RunOutcome.ROLLED_BACK

    bridge.play(scene())


def test_that_a_rollback_that_is_over_ends_its_run_when_it_is_taken_up_again(
    loop: VirtualLoop,
) -> None:
    """The program ended between the last word about the rollback and the end of the run."""
    bridge = two(loop)

    async def scene() -> None:
        await fired(bridge, "a")
        taken = await bridge.taken()
        await bridge.begin("undo-a")
        await bridge.work()
        await bridge.retreat.end(taken.run)
        rollback = bridge.run.rollback
        assert rollback is not None
        assert rollback.ending is RollbackEnding.ROLLED_BACK
        assert not bridge.run.is_over
        seen = len(bridge.calls("query"))
        assert (await bridge.fall_back()).outcome is RunOutcome.ROLLED_BACK
        assert len(bridge.calls("query")) == seen

    bridge.play(scene())


def test_that_a_run_waits_for_the_effects_beside_its_rollback(loop: VirtualLoop) -> None:
    bridge = two(loop, release(chain()))
    bridge.see("up", ({}, 1.0))

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("m")
        await bridge.do("m")
        bridge.goes("perform", Course(), Course(Way.LOSES_THE_ANSWER))
        await bridge.begin("a")
        await bridge.deliver()
        await bridge.fire()
        ending = await bridge.fall_back()
        assert ending.outcome is RunOutcome.ROLLED_BACK
        assert EffectState.UNKNOWN not in {
            found.effect.state for found in bridge.run.effects.values()
        }

    bridge.play(scene())


def test_that_what_is_left_open_keeps_a_rolled_back_run_from_ending(loop: VirtualLoop) -> None:
    bridge = two(loop)

    async def scene() -> None:
        await fired(bridge, "a")
        await bridge.desk.must(
            LeaveOpen(run=bridge.run.id, entry="e", what="the flag", owner=None, closes="off")
        )
        ending = await bridge.fall_back()
        assert ending.outcome is RunOutcome.HELD
        assert "the flag is open" in ending.reasons[0]
        rollback = bridge.run.rollback
        assert rollback is not None
        assert rollback.ending is RollbackEnding.ROLLED_BACK

    bridge.play(scene())


def test_that_a_failed_undo_waits_for_the_others_before_people_are_called(
    loop: VirtualLoop,
) -> None:
    bridge = two(loop, release(wide()))
    bridge.world.runs = lambda request: (
        20.0 if request.step == "undo-b" else 0.0,
        _ending(request, {"undo-a"}),
    )

    async def scene() -> None:
        await fired(bridge, "a", "b")
        ending = await bridge.fall_back()
        assert ending.outcome is RunOutcome.HELD
        assert bridge.states()["undo-b"] is StepState.DONE
        assert bridge.states()["undo-a"] is StepState.FAILED

    bridge.play(scene())


async def with_restore_point_under_way(bridge: Bridge) -> None:
    """A night in which a restore point is being taken when the rollback is fired."""
    await bridge.night()
    await bridge.begin("a")
    await bridge.work()
    step = bridge.run.find_step(StepId("b"))
    assert step is not None
    await bridge.keeper.prepare(bridge.run.id, step)
    await bridge.deliver()
    await bridge.fire()


def test_that_a_restore_point_under_way_is_waited_for(loop: VirtualLoop) -> None:
    bridge = two(loop, release(data()))
    bridge.world.runs = lambda request: (
        60.0 if request.payload["job"] == "save" else 0.0,
        Ending.SUCCEEDED,
    )

    async def scene() -> None:
        await with_restore_point_under_way(bridge)
        began = loop.time()
        assert (await bridge.fall_back()).outcome is RunOutcome.ROLLED_BACK
        assert loop.time() - began >= 50

    bridge.play(scene())


def test_that_a_restore_point_that_only_a_person_can_settle_is_named(loop: VirtualLoop) -> None:
    bridge = two(loop, release(data()))
    bridge.world.runs = lambda request: (
        0.0,
        Ending.UNKNOWN if request.payload["job"] == "save" else Ending.SUCCEEDED,
    )

    async def scene() -> None:
        await with_restore_point_under_way(bridge)
        ending = await bridge.fall_back()
        assert ending.outcome is RunOutcome.HELD
        assert "job.start is acknowledged" in ending.reasons[0]
        await settle(bridge, bridge.effect(purpose="restore_point").effect.id, Outcome.SUCCEEDED)
        assert (await bridge.fall_back()).outcome is RunOutcome.ROLLED_BACK

    bridge.play(scene())


def test_that_what_led_to_a_rollback_is_no_reason_to_stop_it(loop: VirtualLoop) -> None:
    bridge = two(loop)
    failing = {"undo-a"}
    bridge.world.runs = lambda request: (0.0, _ending(request, failing))

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("a")
        await bridge.work()
        stood = BeginHold(
            run=bridge.run.id, cause=HoldCause.TRIGGER, thing="errors", reasons=("too many",)
        )
        await bridge.desk.must(stood, bridge.desk.console)
        await bridge.fire()
        ending = await bridge.fall_back()
        assert all("too many" not in says for says in ending.reasons)
        assert ending.reasons[0].startswith("undo-a failed")

    bridge.play(scene())
