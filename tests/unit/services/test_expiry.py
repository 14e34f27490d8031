"""What waited for a day leaves only after a person has said that it is still to be done."""

import pytest

from relconsole.domain.kernel.ids import EffectId, RunId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.effect_facts import EffectSent, EffectSettledByHand, EffectUnknown
from relconsole.domain.night.run_commands import MoveEffect, RenewEffect
from relconsole.domain.night.waiting import EXPIRY, expired_effects
from relconsole.domain.record.effect import EffectState, RecognisesRepeat
from relconsole.ports.journal import StaleFence
from tests.helpers.fakes.plugins import Way
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import DESK, MARA
from tests.unit.services.bridge import Bridge, now
from tests.unit.services.test_turns import ends, quiet, texts, writes

DAY = EXPIRY.total_seconds()


async def renews(bridge: Bridge, effect: EffectId, run: RunId) -> None:
    """Say that an effect is still to be done."""
    renewal = RenewEffect(run=run, effect=effect, note="still wanted")
    await bridge.desk.must(renewal, Actor(person=MARA))


async def lost(bridge: Bridge, text: str) -> EffectId:
    """A word that was sent, of which nobody knows what became."""
    effect = await writes(bridge, text)
    run = bridge.run.id
    for move in (
        EffectSent(run=run, effect=effect),
        EffectUnknown(run=run, effect=effect, why="no answer"),
    ):
        await bridge.desk.must(MoveEffect(run=run, move=move), bridge.desk.console)
    return effect


def test_that_what_waited_a_day_holds_an_open_run_and_leaves_once_a_person_says_so(
    loop: VirtualLoop,
) -> None:
    bridge = quiet(loop)

    async def scene() -> None:
        run = await bridge.night()
        old = await writes(bridge, "old")
        new = await writes(bridge, "new")
        await bridge.clock.sleep(DAY)
        await bridge.deliver()
        assert texts(bridge) == ["old", "new"]
        late = await writes(bridge, "late")
        await bridge.clock.sleep(DAY + 1)
        size = len(bridge.stored.envelopes)
        await bridge.deliver(times=50, pause=1.0)
        assert texts(bridge) == ["old", "new"]
        assert bridge.held_by() == {(HoldCause.EFFECT, late)}
        assert "say whether it is still to be done" in bridge.run.holds[0].reasons[0]
        assert len(bridge.stored.envelopes) == size + len((old, new)) + 1
        await renews(bridge, late, run)
        assert bridge.held_by() == set()
        await bridge.deliver()
        assert texts(bridge) == ["old", "new", "late"]

    bridge.play(scene())


def test_that_it_is_a_named_persons_word_in_a_live_run_and_anybodys_in_a_rehearsal(
    loop: VirtualLoop,
) -> None:
    bridge = quiet(loop)

    async def scene(*, rehearsal: bool) -> None:
        run = await bridge.night(rehearsal=rehearsal)
        effect = await writes(bridge, "word")
        renewal = RenewEffect(run=run, effect=effect, note="still wanted")
        answer = await bridge.desk.submit(renewal)
        assert isinstance(answer, Refusal) != rehearsal
        if isinstance(answer, Refusal):
            assert [reason.rule for reason in answer.reasons] == ["who_acts"]
            await ends(bridge)

    bridge.play(scene(rehearsal=False))
    bridge.play(scene(rehearsal=True))


def test_that_what_is_dropped_after_a_day_never_leaves_and_holds_up_nothing(
    loop: VirtualLoop,
) -> None:
    bridge = quiet(loop)

    async def scene() -> None:
        run = await bridge.night()
        old = await writes(bridge, "old")
        await bridge.clock.sleep(DAY + 1)
        await writes(bridge, "new")
        await bridge.deliver(times=3)
        assert texts(bridge) == []
        dropped = EffectSettledByHand(run=run, effect=old, outcome=None, note="not any more")
        await bridge.desk.must(MoveEffect(run=run, move=dropped))
        await bridge.deliver()
        assert texts(bridge) == ["new"]
        assert bridge.held_by() == set()

    bridge.play(scene())


def test_that_what_waited_in_a_run_that_ended_is_told_and_not_sent(loop: VirtualLoop) -> None:
    bridge = quiet(loop)

    async def scene() -> None:
        await bridge.night()
        old = await writes(bridge, "old")
        before = await ends(bridge)
        await bridge.clock.sleep(DAY + 1)
        await bridge.dispatcher.deliver(before)
        assert texts(bridge) == []
        assert list(bridge.dispatcher.left_to_people) == [old]
        (expired,) = expired_effects((bridge.run,), now(bridge))
        assert expired.effect.id == old
        await renews(bridge, old, before)
        await bridge.dispatcher.deliver(before)
        assert texts(bridge) == ["old"]
        assert bridge.dispatcher.left_to_people == {}

    bridge.play(scene())


def test_that_a_lacking_credential_breaks_no_night_for_a_run_that_ended(loop: VirtualLoop) -> None:
    bridge = quiet(loop)

    async def scene() -> None:
        await bridge.night()
        effect = await lost(bridge, "old")
        before = await ends(bridge)
        bridge.fails("find", Way.LACKS_A_SETTING)
        await bridge.dispatcher.deliver(before)
        assert "no credential" in bridge.dispatcher.left_to_people[effect]

    bridge.play(scene())


@pytest.mark.parametrize("how", [RecognisesRepeat.QUERYABLE, RecognisesRepeat.NATIVE])
def test_that_what_may_have_happened_a_day_ago_is_asked_about_and_not_sent_again(
    loop: VirtualLoop, how: RecognisesRepeat
) -> None:
    bridge = quiet(loop)
    bridge.knows_repeats(DESK, how)

    async def scene() -> None:
        run = await bridge.night()
        effect = await lost(bridge, "old")
        await bridge.clock.sleep(DAY + 1)
        await bridge.deliver(times=20, pause=1.0)
        assert set(bridge.calls("find", "perform")) == {"find"}
        assert bridge.held_by() == {(HoldCause.EFFECT, effect)}
        await renews(bridge, effect, run)
        await bridge.deliver(times=20, pause=1.0)
        assert texts(bridge) == ["old"]
        assert bridge.state_of(effect) is EffectState.CONFIRMED

    bridge.play(scene())


def test_that_a_clock_moved_ahead_only_asks_and_one_moved_back_asks_nothing(
    loop: VirtualLoop,
) -> None:
    bridge = quiet(loop)

    async def scene() -> None:
        await bridge.night()
        effect = await writes(bridge, "word")
        bridge.clock.jump(10 * DAY)
        await bridge.deliver()
        assert bridge.held_by() == {(HoldCause.EFFECT, effect)}
        assert texts(bridge) == []
        bridge.clock.jump(-20 * DAY)
        await bridge.deliver()
        assert texts(bridge) == ["word"]

    bridge.play(scene())


@pytest.mark.parametrize("how", [RecognisesRepeat.QUERYABLE, RecognisesRepeat.NATIVE])
def test_that_an_outage_writes_nothing_into_the_record_for_each_question(
    loop: VirtualLoop, how: RecognisesRepeat
) -> None:
    bridge = quiet(loop)
    bridge.knows_repeats(DESK, how)

    async def scene() -> None:
        await bridge.night()
        for number in range(5):
            await writes(bridge, f"word {number}", change=f"CHG-{number}")
        bridge.systems_down.add(DESK)
        await bridge.deliver()
        size, asked = len(bridge.stored.envelopes), len(bridge.calls("perform", "find"))
        await bridge.deliver(times=3_600, pause=1.0)
        assert len(bridge.stored.envelopes) == size
        # One question at a time, whatever waits: five short pauses, then one in half a minute.
        assert 100 < len(bridge.calls("perform", "find")) - asked < 127
        states = [found.effect.state for found in bridge.run.open_effects()]
        assert states == [EffectState.UNKNOWN, *(EffectState.INTENDED for _ in range(4))]
        bridge.systems_down.clear()
        await bridge.deliver(times=80, pause=1.0)
        assert [texts(bridge, f"CHG-{number}") for number in range(5)] == [
            [f"word {number}"] for number in range(5)
        ]

    bridge.play(scene())


def test_that_a_system_that_answers_and_takes_nothing_is_sent_to_as_seldom(
    loop: VirtualLoop,
) -> None:
    bridge = quiet(loop)

    async def scene() -> None:
        await bridge.night()
        for number in range(40):
            await writes(bridge, f"word {number}", change=f"CHG-{number}")
        bridge.fails("perform", times=10_000)
        await bridge.deliver(times=1_200, pause=1.0)
        assert len(bridge.calls("perform")) < 48
        (away,) = bridge.dispatcher.away()
        assert away.system == DESK
        assert away.failures == len(bridge.calls("perform"))
        for found in bridge.run.open_effects():
            dropped = EffectSettledByHand(
                run=bridge.run.id, effect=found.effect.id, outcome=None, note="not any more"
            )
            await bridge.desk.must(MoveEffect(run=bridge.run.id, move=dropped))
        assert bridge.dispatcher.away() == ()

    bridge.play(scene())


def test_that_nothing_is_sent_again_by_a_console_that_another_has_replaced(
    loop: VirtualLoop,
) -> None:
    bridge = quiet(loop)
    bridge.knows_repeats(DESK, RecognisesRepeat.NATIVE)

    async def scene() -> None:
        await bridge.night()
        await lost(bridge, "word")
        bridge.stored.envelopes.append(bridge.stored.envelopes[-1])
        with pytest.raises(StaleFence):
            await bridge.deliver()
        assert bridge.calls("perform") == []

    bridge.play(scene())
