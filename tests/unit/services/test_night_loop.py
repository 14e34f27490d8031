"""What every loop over a run does: its lease, its clock, what may start, and when it is stuck."""

from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.console.commands import ConsoleCommand
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import Digest, StepId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.domain.night.bridge_commands import (
    BeginHold,
    EndHold,
    LeaveOpen,
    Note,
    OpenProblem,
)
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.facts import RunOutcome, StepState
from relconsole.domain.night.run_commands import EndRun
from relconsole.domain.night.step_commands import Said, StartStep
from relconsole.domain.plan.runbook import Check, Runbook, StepKind
from relconsole.domain.record.effect import EffectState, RecognisesRepeat
from relconsole.domain.release.release import RestorePoint, RollbackEdits
from relconsole.plugin_api.effects import Ending
from relconsole.ports.journal import StaleFence
from relconsole.ports.questions import Answered, Word
from relconsole.services.desk import Desk, Records
from relconsole.services.night_loop import SILENCE_PATIENCE, NightLoop
from relconsole.services.orders import make_order_codec
from tests.helpers.fakes.inbox import FakeInbox
from tests.helpers.fakes.plugins import Course, Way
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import (
    CI,
    DESK,
    METRICS,
    PAY,
    STATION,
    chain,
    data,
    deploy,
    gate,
    manual,
    release,
    small,
)
from tests.unit.services.bridge import LEASE_SECONDS, Answers, Bridge

GO = Answered(step=StepId("go"), word=Word.GO, for_name=STATION)
ANSWERS: Answers = {"go": (GO,), "m": (Word.DONE,)}
ONE = Runbook(steps=(deploy("a", PAY),))


def test_that_the_lease_is_renewed_once_half_of_it_has_gone(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(ONE))
    bridge.world.runs = lambda _request: (3 * LEASE_SECONDS, Ending.SUCCEEDED)
    ends: list[float] = []

    def look() -> None:
        left = bridge.stored.leases[bridge.run.id].until - bridge.clock.now()
        ends.append(left.total_seconds())
        bridge.loop.call_later(1.0, look)

    bridge.loop.call_later(0.5, look)
    assert bridge.play(bridge.conduct()).outcome is RunOutcome.FINISHED
    assert min(ends) > LEASE_SECONDS / 2 - 1
    assert max(ends) > LEASE_SECONDS - 2


def test_that_a_run_that_another_console_took_is_let_go_of(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(ONE), waits=True)
    bridge.world.runs = lambda _request: (60.0, Ending.SUCCEEDED)

    def take() -> None:
        held = bridge.stored.leases[bridge.run.id]
        bridge.stored.leases[held.run] = replace(held, holder="other", fence=held.fence + 1)

    bridge.loop.call_later(5.0, take)
    with pytest.raises(StaleFence):
        bridge.play(bridge.conduct())


def test_that_a_jump_of_the_clock_freezes_the_night(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()), waits=True)
    bridge.loop.call_later(0.3, lambda: bridge.clock.jump(-3_600))
    ending = bridge.play(bridge.conduct())
    assert ending.reasons == ("the clock jumped by -3600 s; automation is frozen",)
    assert bridge.held_by() == {(HoldCause.CLOCK, "clock")}


def test_that_a_jump_during_a_long_call_starts_nothing(loop: VirtualLoop) -> None:
    fixed = replace(deploy("b", PAY), not_before=release(ONE).window.start + timedelta(hours=1))
    bridge = Bridge(loop, release(Runbook(steps=(deploy("a", PAY), fixed))))
    bridge.goes("perform", Course(takes=5.0))
    bridge.loop.call_later(3.0, lambda: bridge.clock.jump(3_600))
    bridge.play(bridge.conduct())
    assert bridge.states()["b"] is StepState.NOT_STARTED
    assert (HoldCause.CLOCK, "clock") in bridge.held_by()


def test_that_a_jump_while_the_run_is_left_holds_it(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(ONE))
    bridge.world.runs = lambda _request: (0.0, Ending.UNKNOWN)
    bridge.goes("follow", Course(takes=5.0))
    bridge.loop.call_later(3.0, lambda: bridge.clock.jump(90))
    bridge.play(bridge.conduct())
    assert (HoldCause.CLOCK, "clock") in bridge.held_by()


def test_that_orders_from_elsewhere_are_taken_each_pass(loop: VirtualLoop) -> None:
    inbox = FakeInbox()
    bridge = Bridge(loop, release(small()), waits=True, inbox=inbox)

    def post() -> None:
        command = Note(run=bridge.run.id, said=Said(note="hello"))
        inbox.waiting.append(bridge.order(command, make_order_codec()))

    bridge.loop.call_later(1.0, post)
    bridge.loop.call_later(2.0, lambda: setattr(bridge, "is_cancelled", True))
    bridge.play(bridge.conduct())
    assert [reply.refused for reply in inbox.replies.values()] == [()]
    assert "noted" in [envelope.kind for envelope in bridge.stored.envelopes]


def test_that_a_decision_that_nobody_made_in_time_holds_the_run(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()), waits=True)

    async def scene() -> None:
        run = await bridge.night()
        await bridge.desk.must(
            OpenProblem(
                run=run,
                problem="p1",
                what="slow",
                severity="major",
                question="go on?",
                decide_by=bridge.clock.now() + timedelta(seconds=5),
            )
        )
        ending = await bridge.conduct()
        assert ending.outcome is RunOutcome.HELD
        assert bridge.held_by() == {(HoldCause.DECISION, "p1")}

    bridge.play(scene())


def test_that_anchors_of_a_run_that_ended_are_delivered_by_the_next_one(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(chain(), change=True), answers={"m": (Word.DONE,) * 2})
    bridge.approve()
    bridge.see("up", ({}, 1.0))
    bridge.systems_down.add(DESK)
    first = bridge.play(bridge.conduct())
    ended = bridge.run
    assert first.outcome is RunOutcome.FINISHED
    assert ended.open_effects()
    bridge.systems_down.clear()
    bridge.start(bridge.desk.state)
    bridge.world.runs = lambda request: (
        10.0 if request.kind == "job.start" else 0.0,
        Ending.SUCCEEDED,
    )
    bridge.play(bridge.conduct())
    assert bridge.run.id != ended.id
    assert not bridge.desk.run(ended.id).open_effects()


def test_that_an_ended_run_that_somebody_took_up_since_is_left_to_them(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(chain(), change=True), answers={"m": (Word.DONE,) * 2})
    bridge.approve()
    bridge.see("up", ({}, 1.0))
    bridge.systems_down.add(DESK)
    bridge.play(bridge.conduct())
    ended = bridge.run.id
    bridge.systems_down.clear()
    held = bridge.stored.leases[ended]
    bridge.stored.leases[ended] = replace(held, fence=held.fence + 1)
    bridge.start(bridge.desk.state)
    bridge.world.runs = lambda _request: (10.0, Ending.SUCCEEDED)
    assert bridge.play(bridge.conduct()).outcome is RunOutcome.FINISHED
    assert bridge.desk.run(ended).open_effects()


def test_that_what_was_left_behind_is_tried_until_it_is_taken(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(chain(), change=True), answers={"m": (Word.DONE,)})
    bridge.approve()
    bridge.see("up", ({}, 1.0))
    bridge.systems_down.add(DESK)
    bridge.play(bridge.conduct())
    ended = bridge.run.id
    bridge.start(bridge.desk.state)
    bridge.asker.waits = True
    bridge.loop.call_later(20.0, bridge.systems_down.clear)
    bridge.loop.call_later(90.0, lambda: setattr(bridge, "is_cancelled", True))
    bridge.play(bridge.conduct())
    assert not bridge.desk.run(ended).open_effects()


def test_that_a_silent_system_keeps_a_start_waiting_for_a_while_and_then_holds_the_run(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(ONE))
    bridge.play(bridge.night())
    bridge.fails("describe_job", Way.IS_DOWN, times=1_000)
    began = loop.time()
    ending = bridge.play(bridge.conduct())
    assert SILENCE_PATIENCE.total_seconds() <= loop.time() - began < 62
    assert "cannot be read" in ending.reasons[0]
    assert bridge.held_by() == {(HoldCause.NO_ANSWER, "answers")}


def test_that_a_system_that_answers_again_in_time_holds_nothing(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(ONE))
    bridge.play(bridge.night())
    bridge.fails("describe_job", Way.IS_DOWN, times=50)
    assert bridge.play(bridge.conduct()).outcome is RunOutcome.FINISHED


def test_that_a_start_that_is_refused_holds_a_run_in_which_nothing_else_moves(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(ONE))
    bridge.play(bridge.night())
    bridge.world.digests["deploy"] = Digest("f" * 64)
    ending = bridge.play(bridge.conduct())
    assert ending.outcome is RunOutcome.HELD
    assert ending.reasons[0].startswith("a: what job deploy would run is not what")


def test_that_a_refusal_waits_while_a_job_runs(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(Runbook(steps=(manual("m"), deploy("a", PAY)))))
    bridge.world.runs = lambda _request: (60.0, Ending.SUCCEEDED)
    began = loop.time()
    ending = bridge.play(bridge.conduct())
    assert loop.time() - began >= 60
    assert ending.reasons == ("m: Do m; the bridge: start?",)
    assert bridge.states()["a"] is StepState.DONE


def test_that_a_fixed_start_ahead_hides_no_question_that_nobody_answers(
    loop: VirtualLoop,
) -> None:
    later = replace(deploy("a", PAY), not_before=release(ONE).window.start + timedelta(hours=1))
    bridge = Bridge(loop, release(Runbook(steps=(manual("m"), later))))
    began = loop.time()
    ending = bridge.play(bridge.conduct())
    assert ending.outcome is RunOutcome.HELD
    assert loop.time() - began < 1


def test_that_a_fixed_start_is_waited_for_and_fires_at_its_hour(loop: VirtualLoop) -> None:
    hour = release(ONE).window.start + timedelta(minutes=1)
    bridge = Bridge(loop, release(Runbook(steps=(replace(deploy("a", PAY), not_before=hour),))))
    assert bridge.play(bridge.conduct()).outcome is RunOutcome.FINISHED
    started = bridge.run.steps[StepId("a")].started
    assert started is not None
    assert timedelta(0) <= started - hour < timedelta(seconds=1)


def test_that_a_run_in_which_nothing_can_happen_any_more_is_held_with_what_it_waits_for(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(chain()), answers={"m": (Word.FAILED,)})

    async def scene() -> None:
        run = await bridge.night()
        await bridge.begin("m")
        await bridge.conduct()
        end = EndHold(run=run, cause=HoldCause.STEP, thing="m", said=Said(note="seen"))
        await bridge.desk.must(end)
        ending = await bridge.conduct()
        assert ending.outcome is RunOutcome.HELD
        assert ending.reasons[0] == "a waits for m, which is failed"

    bridge.play(scene())


def test_that_nobody_is_asked_and_nothing_starts_under_a_hold_that_passes(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(small()), answers=ANSWERS)

    async def scene() -> None:
        taken = await bridge.taken()
        hold = BeginHold(
            run=taken.run, cause=HoldCause.MONITORING, thing="monitoring", reasons=("dark",)
        )
        await bridge.desk.must(hold, bridge.desk.console)
        night = NightLoop(bridge.crew, taken.lease, LEASE_SECONDS, lambda: False)
        assert night.run().id == taken.run
        assert await night.start_ready(taken.run) == ()
        assert await night.ask(taken.run, jobs=True) == ()
        assert bridge.asker.asked == []
        assert await night.find_stuck(taken.run, ("something",)) is None

    bridge.play(scene())


def test_that_a_refused_answer_is_said_once(loop: VirtualLoop) -> None:
    words = (Word.GO, Word.GO, Word.DONE)
    plan = Runbook(steps=(manual("m"), deploy("a", PAY)))
    bridge = Bridge(loop, release(plan), answers={"m": words})
    bridge.world.runs = lambda _request: (5.0, Ending.SUCCEEDED)
    assert bridge.play(bridge.conduct()).outcome is RunOutcome.FINISHED
    assert bridge.said == ["m: go is no answer to this"]


def test_that_a_refused_answer_needs_nobody_to_hear_it(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(Runbook(steps=(manual("m"),))), answers={"m": (Word.GO,)})
    bridge.crew = replace(bridge.crew, say=None)
    ending = bridge.play(bridge.conduct())
    assert ending.reasons == ("m: go is no answer to this",)


def test_that_a_data_step_behind_a_point_taken_by_hand_asks_no_job_for_it(
    loop: VirtualLoop,
) -> None:
    by_hand = RestorePoint(id="tape", before=StepId("b"), what="all", where="the shelf")
    found = replace(release(data()), rollback=RollbackEdits(restore_points=(by_hand,)))
    bridge = Bridge(loop, found)
    ending = bridge.play(bridge.conduct())
    assert ending.outcome is RunOutcome.HELD
    assert "restore point tape is not taken and verified" in ending.reasons[0]


def test_that_nobody_is_asked_about_a_manual_data_step_before_its_restore_point_is_kept(
    loop: VirtualLoop,
) -> None:
    by_hand = replace(manual("b", after=("a",)), changes_data=True)
    plan = Runbook(steps=(deploy("a", PAY), by_hand))
    found = replace(release(plan), rollback=release(data()).rollback)
    bridge = Bridge(loop, found, answers={"b": (Word.DONE,)})
    assert bridge.play(bridge.conduct()).outcome is RunOutcome.FINISHED
    kinds = [envelope.kind for envelope in bridge.stored.envelopes]
    started = [at for at, kind in enumerate(kinds) if kind == "step_started"]
    assert kinds.index("restore_point_kept") < started[-1]
    assert {question.step.id for question in bridge.asker.asked} == {"b"}


def test_that_an_effect_that_waits_for_a_person_does_not_move(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(ONE))
    bridge.knows_repeats(CI, RecognisesRepeat.NONE)
    bridge.fails("perform", Way.LOSES_THE_ANSWER)

    async def scene() -> None:
        taken = await bridge.taken()
        await bridge.begin("a")
        night = NightLoop(bridge.crew, taken.lease, LEASE_SECONDS, lambda: False)
        assert night.moves(bridge.run)
        await bridge.deliver(times=3, pause=1.0)
        assert (HoldCause.EFFECT, bridge.effect("a").effect.id) in bridge.held_by()
        assert not night.moves(bridge.run)
        assert (await night.finish(taken.run, RunOutcome.FINISHED)) is not None

    bridge.play(scene())


class HoldsAtTheEnd(Desk):
    """Somebody puts the run on hold in the very moment in which it would end."""

    async def submit(
        self, command: ConsoleCommand, actor: Actor | None = None
    ) -> Records | Refusal:
        if isinstance(command, EndRun):
            hold = BeginHold(run=command.run, cause=HoldCause.PERSON, thing="x", reasons=("wait",))
            await super().submit(hold, self.console)
        return await super().submit(command, actor)


def test_that_a_hold_in_the_moment_of_the_end_holds_it(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(ONE), desk=HoldsAtTheEnd)
    ending = bridge.play(bridge.conduct())
    assert ending.outcome is RunOutcome.HELD
    assert "wait" in ending.reasons[0]
    assert not bridge.run.is_over


def test_that_a_job_whose_checks_fail_does_not_move(loop: VirtualLoop) -> None:
    check = Check(id="up", system=METRICS, query="up", above=0.5)
    bridge = Bridge(loop, release(Runbook(steps=(replace(deploy("a", PAY), checks=(check,)),))))
    bridge.see("up", ({}, 0.0))
    ending = bridge.play(bridge.conduct())
    assert ending.outcome is RunOutcome.HELD
    assert bridge.held_by() == {(HoldCause.CHECK, "a")}

    async def scene() -> None:
        taken = await bridge.taken()
        night = NightLoop(bridge.crew, taken.lease, LEASE_SECONDS, lambda: False)
        assert not night.moves(bridge.run)

    bridge.play(scene())


def test_that_a_step_without_a_job_does_not_move_by_itself(loop: VirtualLoop) -> None:
    pause = replace(manual("pause"), kind=StepKind.HOLD, duration=plain(timedelta(seconds=10)))
    bridge = Bridge(loop, release(Runbook(steps=(manual("m"), pause))))

    async def scene() -> None:
        taken = await bridge.taken()
        night = NightLoop(bridge.crew, taken.lease, LEASE_SECONDS, lambda: False)
        await bridge.begin("m")
        assert not night.moves(bridge.run)
        assert await night.start_ready(taken.run) == ()
        assert night.moves(bridge.run)
        await bridge.clock.sleep(10)
        assert not night.moves(bridge.run)

    bridge.play(scene())


def test_that_a_run_ends_only_once_its_effects_are_settled(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(chain()), answers={"m": (Word.DONE,)})
    bridge.see("up", ({}, 1.0))
    bridge.fails("perform", Way.LOSES_THE_ANSWER)
    assert bridge.play(bridge.conduct()).outcome is RunOutcome.FINISHED
    assert {found.effect.state for found in bridge.run.effects.values()} == {EffectState.CONFIRMED}


def test_that_a_run_that_may_not_end_yet_is_held_with_the_reasons(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(Runbook(steps=(manual("m"),))), answers={"m": (Word.DONE,)})

    async def scene() -> None:
        run = await bridge.night()
        await bridge.desk.must(
            LeaveOpen(run=run, entry="e1", what="the feature flag", owner=None, closes="off")
        )
        ending = await bridge.conduct()
        assert ending.outcome is RunOutcome.HELD
        assert "the feature flag is open" in ending.reasons[0]

    bridge.play(scene())


def test_that_trying_to_end_again_and_again_anchors_nothing_anew(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(chain(), change=True), answers={"m": (Word.DONE,)})
    bridge.approve()
    bridge.see("up", ({}, 1.0))

    async def scene() -> None:
        run = await bridge.night()
        await bridge.desk.must(
            LeaveOpen(run=run, entry="e1", what="the feature flag", owner=None, closes="off")
        )
        for _ in range(3):
            assert (await bridge.conduct()).outcome is RunOutcome.HELD
        purposes = [found.intent.purpose for found in bridge.run.effects.values()]
        assert "anchor" not in purposes

    bridge.play(scene())


def test_that_what_is_left_open_in_the_last_moment_still_keeps_the_run(
    loop: VirtualLoop,
) -> None:
    plan = Runbook(steps=(manual("m"),))
    bridge = Bridge(loop, release(plan, change=True), answers={"m": (Word.DONE,)})
    bridge.approve()
    bridge.goes("perform", Course(takes=5.0))
    bridge.later(
        2.0,
        lambda: LeaveOpen(
            run=bridge.run.id, entry="e1", what="the feature flag", owner=None, closes="off"
        ),
    )
    ending = bridge.play(bridge.conduct())
    assert ending.outcome is RunOutcome.HELD
    assert "the feature flag is open" in ending.reasons[0]


def test_that_an_open_anchor_keeps_no_run_from_ending(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(chain(), change=True), answers={"m": (Word.DONE,)})
    bridge.approve()
    bridge.see("up", ({}, 1.0))
    bridge.systems_down.add(DESK)
    assert bridge.play(bridge.conduct()).outcome is RunOutcome.FINISHED


def test_that_a_gate_is_nobodys_to_start(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(Runbook(steps=(gate("go"),))))

    async def scene() -> None:
        taken = await bridge.taken()
        night = NightLoop(bridge.crew, taken.lease, LEASE_SECONDS, lambda: False)
        assert await night.start_ready(taken.run) == ()
        assert bridge.states()["go"] is StepState.NOT_STARTED
        refused = await bridge.desk.submit(StartStep(run=taken.run, step=StepId("nothing")))
        assert refused

    bridge.play(scene())
