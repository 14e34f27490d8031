"""Whose turn it is to write on a change record: the oldest intent, of whatever run."""

from relconsole.domain.kernel.ids import EffectId, RunId, SystemId
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectSent,
    EffectSettledByHand,
    Purpose,
)
from relconsole.domain.night.facts import RunOutcome
from relconsole.domain.night.run_commands import EndRun, IntendEffect, MoveEffect
from relconsole.domain.plan.runbook import Runbook
from relconsole.domain.record.effect import EffectState
from relconsole.services.turns import Turns
from tests.helpers.fakes.plugins import Way
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import CODEC, DESK, manual, release
from tests.unit.services.bridge import Bridge

OTHER_DESK = SystemId("other-desk")


def quiet(loop: VirtualLoop) -> Bridge:
    """A bridge whose one step a person does."""
    return Bridge(loop, release(Runbook(steps=(manual("m"),))))


async def writes(
    bridge: Bridge, text: str, change: str = "CHG-1", system: SystemId = DESK
) -> EffectId:
    """Intend a word on a change record, and give its effect."""
    word = IntendEffect(
        run=bridge.run.id,
        system=system,
        effect_kind="change.comment",
        purpose=Purpose.ANCHOR,
        payload={"change": change, "text": text},
    )
    (recorded,) = await bridge.desk.must(word, bridge.desk.console)
    return EffectId(recorded.id)


async def ends(bridge: Bridge) -> RunId:
    """End the night, and give its run."""
    await bridge.begin("m")
    await bridge.do("m")
    run = bridge.run.id
    end = EndRun(run=run, outcome=RunOutcome.FINISHED)
    await bridge.desk.must(end, bridge.desk.console)
    return run


def texts(bridge: Bridge, change: str = "CHG-1") -> list[str]:
    """What stands on a record, in its order there."""
    return [
        str(job.payload["text"]) for job in bridge.world.jobs if job.payload["change"] == change
    ]


def test_that_a_new_nights_word_waits_for_those_of_the_night_before_on_that_record(
    loop: VirtualLoop,
) -> None:
    bridge = quiet(loop)

    async def scene() -> None:
        await bridge.night()
        for text in ("old 1", "old 2"):
            await writes(bridge, text)
        before = await ends(bridge)
        after = await bridge.night()
        assert after != before
        await writes(bridge, "new")
        await writes(bridge, "elsewhere", change="CHG-2")
        bridge.fails("perform", Way.IS_DOWN, times=2)
        for _ in range(40):
            await bridge.dispatcher.deliver(after)
            await bridge.dispatcher.deliver(before)
            await bridge.clock.sleep(0.5)
        assert texts(bridge) == ["old 1", "old 2", "new"]
        assert texts(bridge, "CHG-2") == ["elsewhere"]

    bridge.play(scene())


def test_that_a_word_settled_by_hand_holds_up_nothing(loop: VirtualLoop) -> None:
    bridge = quiet(loop)

    async def scene() -> None:
        await bridge.night()
        old = await writes(bridge, "old")
        before = await ends(bridge)
        after = await bridge.night()
        await writes(bridge, "new")
        await bridge.dispatcher.deliver(after)
        assert texts(bridge) == []
        settled = EffectSettledByHand(run=before, effect=old, outcome=None, note="not any more")
        await bridge.desk.must(MoveEffect(run=before, move=settled))
        await bridge.dispatcher.deliver(after)
        assert texts(bridge) == ["new"]

    bridge.play(scene())


def test_that_records_of_two_systems_and_jobs_have_no_order_among_them(loop: VirtualLoop) -> None:
    bridge = quiet(loop)

    async def scene() -> None:
        await bridge.night()
        first = await writes(bridge, "here")
        elsewhere = await writes(bridge, "there", system=OTHER_DESK)
        second = await writes(bridge, "here again")
        turns, effects = Turns(bridge.desk), bridge.run.effects
        assert turns.is_next(effects[first])
        assert turns.is_next(effects[elsewhere])
        assert not turns.is_next(effects[second])
        job = IntendEffect(
            run=bridge.run.id,
            system=DESK,
            effect_kind="job.start",
            purpose=Purpose.RESTORE_POINT,
            payload={"change": "CHG-1"},
        )
        (recorded,) = await bridge.desk.must(job, bridge.desk.console)
        assert turns.is_next(bridge.run.effects[EffectId(recorded.id)])

    bridge.play(scene())


def test_that_the_next_word_has_its_turn_once_the_target_has_taken_the_one_before(
    loop: VirtualLoop,
) -> None:
    bridge = quiet(loop)

    async def scene() -> None:
        run = await bridge.night()
        first, second = await writes(bridge, "1"), await writes(bridge, "2")
        turns = Turns(bridge.desk)
        sent = EffectSent(run=run, effect=first)
        taken = EffectAcknowledged(run=run, effect=first, remote="7")
        for move, is_next in ((sent, False), (taken, True)):
            await bridge.desk.must(MoveEffect(run=run, move=move), bridge.desk.console)
            assert turns.is_next(bridge.run.effects[second]) == is_next
        assert bridge.state_of(first) is EffectState.ACKNOWLEDGED

    bridge.play(scene())


class IdsOfAClockSetBack:
    """Ids that sort before every one that was given before."""

    def __init__(self) -> None:
        self._left = 1 << 64

    def fresh(self) -> str:
        self._left -= 1
        return f"{self._left:032x}"

    def secret_bytes(self, count: int) -> bytes:
        return bytes(count)


def test_that_a_clock_set_back_between_two_programs_puts_nothing_out_of_order(
    loop: VirtualLoop,
) -> None:
    bridge = quiet(loop)
    ids = IdsOfAClockSetBack()

    async def scene() -> None:
        run = await bridge.night()
        bridge.desk = type(bridge.desk)(
            journal=bridge.journal,
            clock=bridge.clock,
            ids=ids,
            codec=CODEC,
            state=bridge.desk.state,
        )
        bridge.dispatcher_anew()
        first = await writes(bridge, "first")
        second = await writes(bridge, "second")
        assert second < first
        await bridge.dispatcher.deliver(run)
        assert texts(bridge) == ["first", "second"]

    bridge.play(scene())
