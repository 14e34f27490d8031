"""Delivery of effects: each leaves once, and what became of it is found out before all else."""

from datetime import timedelta
from itertools import pairwise

import pytest

from relconsole.domain.console.commands import ConsoleCommand
from relconsole.domain.kernel.errors import RuleRefuses, WorldIsDown
from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.domain.night.bridge_commands import ReportClockJump, StopLine
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectConfirmed,
    EffectSent,
    EffectSettledByHand,
    EffectUnknown,
    Purpose,
)
from relconsole.domain.night.run_commands import IntendEffect, MoveEffect
from relconsole.domain.record.effect import EffectState, Outcome, RecognisesRepeat
from relconsole.plugin_api.effects import EffectRequest, Ending
from relconsole.services.desk import Desk, Records
from tests.helpers.fakes.plugins import Course, Target, Way
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import CI, OTHER_CI, release, small, wide
from tests.unit.services.bridge import Bridge

SETTLE = 2.0


async def send(bridge: Bridge, step: str = "a") -> EffectId:
    """A night in which a step's job was sent once; gives its effect."""
    await bridge.night()
    await bridge.begin(step)
    await bridge.deliver()
    return bridge.effect(step).effect.id


def test_that_an_effect_is_sent_under_its_own_id_and_followed_to_its_end(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        effect = await send(bridge)
        assert bridge.state_of(effect) is EffectState.ACKNOWLEDGED
        await bridge.deliver()
        found = bridge.effect("a")
        assert (found.effect.state, found.effect.outcome) == (
            EffectState.CONFIRMED,
            Outcome.SUCCEEDED,
        )
        assert [job.effect for job in bridge.world.jobs] == [effect]
        assert bridge.world.jobs[0].step == "a"

    bridge.play(scene())


def test_that_sent_is_on_disk_before_the_call_is_made(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))
    seen: list[str] = []

    def runs(_request: EffectRequest) -> tuple[float, Ending]:
        seen.append(bridge.stored.envelopes[-1].kind)
        return 0.0, Ending.SUCCEEDED

    bridge.world.runs = runs
    bridge.play(send(bridge))
    assert seen == ["effect_sent"]


def test_that_a_running_job_is_asked_about_more_and_more_seldom(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))
    bridge.world.runs = lambda _request: (1_000.0, Ending.SUCCEEDED)

    async def scene() -> None:
        effect = await send(bridge)
        await bridge.deliver(times=500, pause=0.2)
        assert bridge.state_of(effect) is EffectState.ACKNOWLEDGED

    bridge.play(scene())
    asked = [call.at for call in bridge.world.calls if call.verb == "follow"]
    pauses = [later - earlier for earlier, later in pairwise(asked)]
    assert pauses[0] < 0.5
    assert 5.0 <= max(pauses) < 5.5
    assert len(asked) < 100


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [(Ending.FAILED, Outcome.FAILED), (Ending.CANCELLED, Outcome.CANCELLED)],
)
def test_that_an_end_is_recorded_as_the_system_tells_it(
    loop: VirtualLoop, ending: Ending, outcome: Outcome
) -> None:
    bridge = Bridge(loop, release(small()))
    bridge.world.runs = lambda _request: (0.0, ending)

    async def scene() -> None:
        await send(bridge)
        bridge.world.jobs[0].output = "x" * 5_000
        await bridge.deliver()
        assert bridge.effect("a").effect.outcome is outcome
        assert len(bridge.effect("a").output) == 4_000

    bridge.play(scene())


@pytest.mark.parametrize("detail", ["it is gone", ""])
def test_that_a_job_whose_end_nobody_knows_asks_a_person(loop: VirtualLoop, detail: str) -> None:
    bridge = Bridge(loop, release(small()))
    bridge.world.runs = lambda _request: (0.0, Ending.UNKNOWN)

    async def scene() -> None:
        effect = await send(bridge)
        bridge.world.jobs[0].detail = detail
        await bridge.deliver(times=2)
        assert bridge.held_by() == {(HoldCause.EFFECT, effect)}
        assert bridge.run.holds[0].reasons[0] == (detail or "ci does not know how ci-1 ended")

    bridge.play(scene())


def test_that_a_target_that_says_no_is_believed(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))
    bridge.fails("perform", Way.REFUSES)
    effect = bridge.play(send(bridge))
    assert bridge.state_of(effect) is EffectState.REFUSED
    assert bridge.effect("a").says == "ci says no"
    assert bridge.world.jobs == []


def test_that_a_missing_setting_means_that_nothing_left(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))
    bridge.fails("perform", Way.LACKS_A_SETTING)
    effect = bridge.play(send(bridge))
    assert bridge.state_of(effect) is EffectState.REFUSED


def test_that_a_lost_answer_is_looked_for_and_the_job_not_done_again(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))
    bridge.fails("perform", Way.LOSES_THE_ANSWER)

    async def scene() -> None:
        effect = await send(bridge)
        assert bridge.state_of(effect) is EffectState.UNKNOWN
        await bridge.deliver(times=8, pause=0.5)
        assert bridge.state_of(effect) is EffectState.CONFIRMED
        assert len(bridge.world.jobs) == 1

    bridge.play(scene())


def test_that_a_no_counts_only_after_the_settle_window(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))
    bridge.fails("perform")

    async def scene() -> None:
        effect = await send(bridge)
        began = loop.time()
        while bridge.state_of(effect) is EffectState.UNKNOWN:
            await bridge.deliver(pause=0.2)
        assert loop.time() - began >= SETTLE
        assert "find" in bridge.calls()
        assert [job.effect for job in bridge.world.jobs] == [effect]

    bridge.play(scene())


def test_that_a_slow_no_counts_from_when_it_was_asked(loop: VirtualLoop) -> None:
    """The system is asked inside the window, and answers after it; meanwhile the job arrived."""
    bridge = Bridge(loop, release(small()))
    bridge.goes("perform", Course(Way.ARRIVES_LATE, late=SETTLE - 0.1))
    bridge.goes("find", Course(takes=SETTLE))

    async def scene() -> None:
        effect = await send(bridge)
        await bridge.deliver(times=20, pause=0.3)
        assert bridge.state_of(effect) is EffectState.CONFIRMED
        assert len(bridge.world.executions(effect)) == 1

    bridge.play(scene())


def test_that_a_jump_of_the_wall_clock_does_not_shorten_the_settle_window(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(small()))
    bridge.goes("perform", Course(Way.ARRIVES_LATE, late=SETTLE - 0.1))

    async def scene() -> None:
        effect = await send(bridge)
        bridge.clock.jump(3_600)
        await bridge.deliver(times=20, pause=0.3)
        assert len(bridge.world.executions(effect)) == 1

    bridge.play(scene())


def test_that_what_a_dead_console_left_as_sent_is_asked_about_before_anything_leaves(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(wide()))

    async def left() -> None:
        await bridge.night()
        await bridge.begin("a", "b")
        first = bridge.effect("a").effect.id
        await bridge.desk.must(
            MoveEffect(run=bridge.run.id, move=EffectSent(run=bridge.run.id, effect=first)),
            bridge.desk.console,
        )

    async def restarted() -> None:
        await bridge.night()
        seen = len(bridge.world.calls)
        await bridge.deliver()
        verbs = [call.verb for call in bridge.world.calls[seen:]]
        assert verbs == ["recognition", "find", "perform"]
        assert bridge.effect("a").effect.state is EffectState.UNKNOWN
        assert bridge.effect("b").effect.state is EffectState.ACKNOWLEDGED

    bridge.play(left())
    bridge.start(bridge.desk.state)
    bridge.play(restarted())


@pytest.mark.parametrize("how", [RecognisesRepeat.QUERYABLE, RecognisesRepeat.NATIVE])
def test_that_nothing_is_sent_again_before_all_that_was_left_as_sent_there_is_asked_about(
    loop: VirtualLoop, how: RecognisesRepeat
) -> None:
    bridge = Bridge(loop, release(wide()))
    bridge.knows_repeats(OTHER_CI, how)

    async def left() -> None:
        await bridge.night()
        await bridge.begin("b", "c")
        run = bridge.run.id
        first, second = (bridge.effect(step).effect.id for step in ("b", "c"))
        for move in (
            EffectSent(run=run, effect=first),
            EffectUnknown(run=run, effect=first, why="no answer"),
            EffectSent(run=run, effect=second),
        ):
            await bridge.desk.must(MoveEffect(run=run, move=move), bridge.desk.console)

    async def restarted() -> None:
        await bridge.night()
        seen = len(bridge.world.calls)
        await bridge.deliver(times=20, pause=0.5)
        calls = [(call.verb, call.about) for call in bridge.world.calls[seen:]]
        again = calls.index(("perform", bridge.effect("b").effect.id))
        # Who knows ids is asked by sending the same again, in its turn.
        asks = how is RecognisesRepeat.QUERYABLE
        assert (("find", bridge.effect("c").effect.id) in calls[:again]) == asks
        assert len(bridge.world.jobs) == 2

    bridge.play(left())
    bridge.start(bridge.desk.state)
    bridge.fails("find", times=3)
    bridge.play(restarted())


def test_that_a_system_that_knows_no_repeat_is_never_sent_the_same_again(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(small()))
    bridge.knows_repeats(CI, RecognisesRepeat.NONE)
    bridge.fails("perform", Way.LOSES_THE_ANSWER)

    async def scene() -> None:
        effect = await send(bridge)
        await bridge.deliver(times=10, pause=1.0)
        assert bridge.calls("perform") == ["perform"]
        assert bridge.held_by() == {(HoldCause.EFFECT, effect)}

    bridge.play(scene())


def test_that_a_system_that_knows_ids_is_sent_the_same_id_again(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))
    bridge.knows_repeats(CI, RecognisesRepeat.NATIVE)
    bridge.fails("perform", Way.LOSES_THE_ANSWER)

    async def scene() -> None:
        effect = await send(bridge)
        await bridge.deliver(times=4, pause=1.0)
        assert bridge.calls("perform") == ["perform", "perform"]
        assert bridge.state_of(effect) is EffectState.CONFIRMED
        assert len(bridge.world.jobs) == 1

    bridge.play(scene())


@pytest.mark.parametrize("way", [Way.REFUSES, Way.LACKS_A_SETTING])
def test_that_a_repeat_that_is_not_taken_proves_nothing(loop: VirtualLoop, way: Way) -> None:
    bridge = Bridge(loop, release(small()))
    bridge.knows_repeats(CI, RecognisesRepeat.NATIVE)
    bridge.fails("perform", Way.LOSES_THE_ANSWER)
    bridge.fails("perform", way)

    async def scene() -> None:
        effect = await send(bridge)
        await bridge.deliver(pause=1.0)
        await bridge.deliver()
        assert bridge.state_of(effect) is EffectState.UNKNOWN
        assert bridge.held_by() == {(HoldCause.EFFECT, effect)}

    bridge.play(scene())


def test_that_a_plugin_that_cannot_be_asked_is_left_alone_like_its_system(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(small()))
    bridge.fails("perform", Way.LOSES_THE_ANSWER)
    bridge.fails("recognition", times=3)

    async def scene() -> None:
        effect = await send(bridge)
        await bridge.deliver(times=10, pause=0.1)
        assert bridge.calls("recognition") == ["recognition"]
        assert [away.failures for away in bridge.dispatcher.away()] == [2]
        await bridge.deliver(times=40, pause=0.5)
        assert bridge.state_of(effect) is EffectState.CONFIRMED

    bridge.play(scene())


def test_that_a_system_that_is_down_is_left_alone_for_a_while_and_holds_up_no_other(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(wide()))
    bridge.goes("perform", Course(Way.IS_DOWN, retry_after=60.0))

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("a", "b")
        await bridge.deliver(times=10, pause=1.0)
        states = sorted(found.effect.state for found in bridge.run.effects.values())
        assert states == [EffectState.CONFIRMED, EffectState.UNKNOWN]
        assert "find" not in bridge.calls()

    bridge.play(scene())


def test_that_a_system_that_fails_holds_up_what_comes_after_it_there(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(wide()))
    bridge.fails("perform")

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("b", "c")
        await bridge.deliver()
        assert bridge.effect("b").effect.state is EffectState.UNKNOWN
        assert bridge.effect("c").effect.state is EffectState.INTENDED

    bridge.play(scene())


def test_that_a_lacking_credential_for_a_question_asks_a_person_and_ends_nothing(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(small()))
    bridge.fails("follow", Way.LACKS_A_SETTING)

    async def scene() -> None:
        effect = await send(bridge)
        await bridge.deliver(times=2, pause=1.0)
        assert (HoldCause.EFFECT, effect) in bridge.held_by()
        assert bridge.state_of(effect) is EffectState.CONFIRMED

    bridge.play(scene())


def test_that_a_full_disk_is_no_silence_of_a_system(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("a")
        bridge.journal.fails_at = bridge.journal.appends + 1
        with pytest.raises(WorldIsDown) as refused:
            await bridge.deliver()
        assert refused.value.system == "disk"
        assert bridge.world.jobs == []

    bridge.play(scene())


def test_that_a_stopped_line_lets_nothing_leave(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("a")
        await bridge.desk.must(StopLine(run=bridge.run.id))
        await bridge.deliver(times=3, pause=1.0)
        assert bridge.effect("a").effect.state is EffectState.INTENDED
        assert bridge.world.jobs == []

    bridge.play(scene())


def test_that_a_clock_in_doubt_lets_nothing_leave(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("a")
        jump = ReportClockJump(run=bridge.run.id, seconds=3_600.0)
        await bridge.desk.must(jump, bridge.desk.console)
        await bridge.deliver(times=3, pause=1.0)
        assert bridge.world.jobs == []

    bridge.play(scene())


class StopsInBetween(Desk):
    """Stops the line in the very moment in which something is about to leave."""

    async def submit(
        self, command: ConsoleCommand, actor: Actor | None = None
    ) -> Records | Refusal:
        if isinstance(command, MoveEffect) and isinstance(command.move, EffectSent):
            await super().submit(StopLine(run=command.run))
        return await super().submit(command, actor)


def test_that_a_stop_in_the_same_moment_keeps_the_effect_here(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()), desk=StopsInBetween)
    effect = bridge.play(send(bridge))
    assert bridge.world.jobs == []
    assert bridge.state_of(effect) is EffectState.INTENDED


class StopsRightBehind(Desk):
    """Stops the line when *sent* is recorded, and the call is about to be made."""

    async def submit(
        self, command: ConsoleCommand, actor: Actor | None = None
    ) -> Records | Refusal:
        answer = await super().submit(command, actor)
        if isinstance(command, MoveEffect) and isinstance(command.move, EffectSent):
            await super().submit(StopLine(run=command.run))
        return answer


def test_that_a_stop_right_behind_the_record_of_sending_still_keeps_the_call_here(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(small()), desk=StopsRightBehind)
    effect = bridge.play(send(bridge))
    assert bridge.world.jobs == []
    assert "perform" not in bridge.calls()
    assert bridge.state_of(effect) is EffectState.REFUSED
    assert bridge.effect("a").says == "the line was stopped before it left"


class StopsWhileItLooks(Desk):
    """Stops the line while it is asked whether anybody else has written."""

    async def must_be_newest(self) -> None:
        await super().must_be_newest()
        (run,) = self.state.runs
        await self.submit(StopLine(run=run))


def test_that_of_a_repeat_that_a_stop_keeps_here_only_the_target_knows(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()), desk=StopsWhileItLooks)
    bridge.knows_repeats(CI, RecognisesRepeat.NATIVE)

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("a")
        effect = bridge.effect("a").effect.id
        for move in (
            EffectSent(run=bridge.run.id, effect=effect),
            EffectUnknown(run=bridge.run.id, effect=effect, why="no answer"),
        ):
            await bridge.desk.must(MoveEffect(run=bridge.run.id, move=move), bridge.desk.console)
        await bridge.deliver(times=3, pause=SETTLE)
        assert "perform" not in bridge.calls()
        assert bridge.state_of(effect) is EffectState.UNKNOWN
        assert bridge.run.stop is not None
        assert bridge.held_by() == set()

    bridge.play(scene())


class SettlesInBetween(Desk):
    """A person settles an unknown effect by hand while its system is asked about it."""

    async def submit(
        self, command: ConsoleCommand, actor: Actor | None = None
    ) -> Records | Refusal:
        if isinstance(command, MoveEffect) and isinstance(command.move, EffectAcknowledged):
            effect = EffectId(command.move.effect)
            settled = EffectSettledByHand(
                run=command.run, effect=effect, outcome=None, note="looked"
            )
            if self.run(command.run).effects[effect].effect.state is EffectState.UNKNOWN:
                await super().submit(MoveEffect(run=command.run, move=settled))
        return await super().submit(command, actor)


def test_that_what_a_person_settled_meanwhile_stays_settled(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()), desk=SettlesInBetween)
    bridge.fails("perform", Way.LOSES_THE_ANSWER)

    async def scene() -> None:
        effect = await send(bridge)
        await bridge.deliver(times=2, pause=1.0)
        assert bridge.state_of(effect) is EffectState.SETTLED_BY_HAND

    bridge.play(scene())


class Contradicts(Desk):
    """Would record of a job that ended that it was sent."""

    async def submit(
        self, command: ConsoleCommand, actor: Actor | None = None
    ) -> Records | Refusal:
        if isinstance(command, MoveEffect) and isinstance(command.move, EffectConfirmed):
            sent = EffectSent(run=command.run, effect=command.move.effect)
            command = MoveEffect(run=command.run, move=sent)
        return await super().submit(command, actor)


def test_that_a_move_that_cannot_be_is_no_silence(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()), desk=Contradicts)

    async def scene() -> None:
        await send(bridge)
        with pytest.raises(RuleRefuses):
            await bridge.deliver()

    bridge.play(scene())


def test_that_a_forward_job_that_never_left_is_called_off_by_a_fired_rollback(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(wide()), two_people=True)

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("a", "b")
        bridge.fails("perform", times=2)
        await bridge.deliver()
        await bridge.begin("c")
        await bridge.fire()
        await bridge.deliver(times=12, pause=0.5)
        assert {found.effect.state for found in bridge.run.effects.values()} == {
            EffectState.REFUSED
        }
        assert bridge.world.jobs == []

    bridge.play(scene())


def test_that_a_system_that_knows_ids_is_asked_and_not_sent_again_after_a_rollback_was_fired(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(small()), two_people=True)
    bridge.knows_repeats(CI, RecognisesRepeat.NATIVE)
    bridge.fails("perform", Way.LOSES_THE_ANSWER)

    async def scene() -> None:
        effect = await send(bridge)
        bridge.world.targets[CI].unseen_for = 0.0
        await bridge.fire()
        await bridge.deliver(times=6, pause=0.5)
        assert bridge.calls("perform") == ["perform"]
        assert bridge.state_of(effect) is EffectState.CONFIRMED

    bridge.play(scene())


def test_that_an_anchor_leaves_after_a_rollback_was_fired(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()), two_people=True)

    async def scene() -> None:
        await send(bridge)
        await bridge.fire()
        anchor = IntendEffect(
            run=bridge.run.id,
            system=SystemId("service-desk"),
            effect_kind="change.comment",
            purpose=Purpose.ANCHOR,
            payload={"change": "CHG-1", "text": "head"},
        )
        await bridge.desk.must(anchor, bridge.desk.console)
        await bridge.deliver()
        assert bridge.effect(purpose="anchor").effect.state is EffectState.ACKNOWLEDGED

    bridge.play(scene())


async def comment(bridge: Bridge, change: str, text: str) -> None:
    """Intend a comment on a change record."""
    note = IntendEffect(
        run=bridge.run.id,
        system=SystemId("service-desk"),
        effect_kind="change.comment",
        purpose=Purpose.ANCHOR,
        payload={"change": change, "text": text},
    )
    await bridge.desk.must(note, bridge.desk.console)


@pytest.mark.parametrize("way", [Way.IS_DOWN, Way.LOSES_THE_ANSWER, Way.ARRIVES_LATE])
def test_that_what_is_written_on_one_record_goes_in_its_order(loop: VirtualLoop, way: Way) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        await bridge.night()
        bridge.goes("perform", Course(way, late=1.0))
        for number in range(4):
            await comment(bridge, "CHG-1", f"word {number}")
        await comment(bridge, "CHG-2", "elsewhere")
        await bridge.deliver(times=60, pause=0.5)
        written = [job for job in bridge.world.jobs if job.kind == "change.comment"]
        texts = [str(job.payload["text"]) for job in written if job.payload["change"] == "CHG-1"]
        assert texts == [f"word {number}" for number in range(4)]
        assert "elsewhere" in {str(job.payload["text"]) for job in written}

    bridge.play(scene())


@pytest.mark.parametrize("how", [RecognisesRepeat.QUERYABLE, RecognisesRepeat.NATIVE])
def test_that_a_later_word_is_not_sent_again_before_the_earlier_one(
    loop: VirtualLoop, how: RecognisesRepeat
) -> None:
    bridge = Bridge(loop, release(small()))
    bridge.knows_repeats(SystemId("service-desk"), how)

    async def scene() -> None:
        await bridge.night()
        await comment(bridge, "CHG-1", "first")
        await comment(bridge, "CHG-1", "second")
        run = bridge.run.id
        second = max(bridge.run.effects)
        for move in (
            EffectSent(run=run, effect=second),
            EffectUnknown(run=run, effect=second, why="no answer"),
        ):
            await bridge.desk.must(MoveEffect(run=run, move=move), bridge.desk.console)
        bridge.fails("perform")
        await bridge.deliver(times=60, pause=0.1)
        written = [str(job.payload["text"]) for job in bridge.world.jobs]
        assert written == ["first", "second"]

    bridge.play(scene())


def test_that_a_settle_window_of_another_system_is_its_own(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(wide()))
    bridge.world.targets[OTHER_CI] = Target(settle=timedelta(seconds=30))
    bridge.fails("perform", times=2)

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("a", "b")
        await bridge.deliver(times=20, pause=0.5)
        assert bridge.effect("a").effect.state is EffectState.CONFIRMED
        assert bridge.effect("b").effect.state is EffectState.UNKNOWN

    bridge.play(scene())
