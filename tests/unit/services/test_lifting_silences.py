"""Silences: lifted when their step is over, again where lifting failed, and when going back."""

from relconsole.domain.night.effect_facts import EffectSettledByHand, Purpose
from relconsole.domain.night.run_commands import MoveEffect
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.plugin_api.effects import Ending
from relconsole.services.steps import LIFT_AGAIN
from tests.helpers.fakes.plugins import Way
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import METRICS, chain, release
from tests.unit.services.bridge import Bridge


def lifts(bridge: Bridge) -> int:
    """How often it was intended that a silence shall end."""
    purposes = [found.intent.purpose for found in bridge.run.effects.values()]
    return purposes.count(Purpose.UNSILENCE)


async def silenced(bridge: Bridge) -> None:
    """A night whose first deployment runs under its silence."""
    bridge.see("up", ({}, 1.0))
    await bridge.night()
    await bridge.begin("m")
    await bridge.do("m")
    await bridge.begin("a")
    await bridge.deliver()


def test_that_lifting_that_failed_is_tried_again_after_a_while(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(chain()))

    async def scene() -> None:
        await silenced(bridge)
        await bridge.work()
        bridge.fails("perform", Way.REFUSES)
        for _ in range(2):
            await bridge.mover.lift_silences(bridge.run.id)
            await bridge.deliver()
        assert lifts(bridge) == 1
        await bridge.clock.sleep(LIFT_AGAIN.total_seconds())
        await bridge.mover.lift_silences(bridge.run.id)
        await bridge.deliver(times=2)
        assert lifts(bridge) == 2
        await bridge.clock.sleep(LIFT_AGAIN.total_seconds())
        await bridge.mover.lift_silences(bridge.run.id)
        assert lifts(bridge) == 2

    bridge.play(scene())


def test_that_lifting_that_a_person_saw_never_happened_is_tried_again_at_once(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(chain()))
    bridge.knows_repeats(METRICS, RecognisesRepeat.NONE)

    async def scene() -> None:
        await silenced(bridge)
        await bridge.work()
        bridge.fails("perform")
        await bridge.mover.lift_silences(bridge.run.id)
        await bridge.deliver()
        lost = bridge.effect("a", "unsilence").effect.id
        settled = EffectSettledByHand(
            run=bridge.run.id, effect=lost, outcome=None, note="still there"
        )
        await bridge.desk.must(MoveEffect(run=bridge.run.id, move=settled))
        await bridge.mover.lift_silences(bridge.run.id)
        assert lifts(bridge) == 2

    bridge.play(scene())


def test_that_the_silence_of_a_step_that_runs_goes_when_a_rollback_was_fired(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(chain()), two_people=True)
    bridge.world.runs = lambda request: (
        600.0 if request.kind == "job.start" else 0.0,
        Ending.SUCCEEDED,
    )

    async def scene() -> None:
        await silenced(bridge)
        await bridge.mover.lift_silences(bridge.run.id)
        assert lifts(bridge) == 0
        await bridge.fire()
        await bridge.mover.lift_silences(bridge.run.id)
        assert lifts(bridge) == 1

    bridge.play(scene())
