"""Relief: bound at the opening, sent past a stop, followed to its end, and never in the way."""

from dataclasses import replace

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.bridge_commands import ReportClockJump, StopLine
from relconsole.domain.night.facts import RunOutcome, StepState
from relconsole.domain.night.relief import ReliefState, entry_of, relief_lines
from relconsole.domain.plan.digest import plan_digest
from relconsole.domain.plan.runbook import Check, Runbook, Step
from relconsole.domain.record.effect import EffectState, Outcome
from relconsole.plugin_api.effects import Ending
from relconsole.services.steps import CHECK_PATIENCE
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import METRICS, PAY, deploy, manual, release, small
from tests.unit.services.bridge import Bridge

PAGE, OFF = StepId("page"), StepId("undo-page")
SHOWN = Check(id="shown", system=METRICS, query="page", above=0.5)


def relieved(plan: Runbook, *checks: Check) -> Runbook:
    """The same plan with a relief step that runs a job."""
    return replace(plan, relief=(page(*checks),))


def page(*checks: Check) -> Step:
    return replace(deploy("page", PAY), checks=checks)


async def follow(bridge: Bridge, times: int = 3) -> None:
    """Let the loop do what it does beside the work."""
    for _ in range(times):
        await bridge.deliver()
        await bridge.mover.finish_jobs(bridge.run.id)


def state(bridge: Bridge) -> ReliefState:
    return relief_lines(bridge.run)[0].state


def test_that_the_plan_is_bound_to_what_relief_would_run(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(relieved(small())))

    async def scene() -> None:
        await bridge.night()
        run = bridge.run
        assert run.calls[PAGE] is not None
        assert OFF in run.calls
        assert {PAGE, OFF} <= set(run.step_digests)
        assert run.plan == plan_digest(run.runbook, run.calls)

    bridge.play(scene())


def test_that_a_night_ends_by_itself_without_relief(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(relieved(Runbook(steps=(deploy("a", PAY),)))))

    async def scene() -> None:
        ending = await bridge.conduct()
        assert ending.outcome is RunOutcome.FINISHED
        assert bridge.states()["page"] is StepState.NOT_STARTED
        assert [job.step for job in bridge.world.jobs] == ["a"]

    bridge.play(scene())


def test_that_relief_leaves_past_a_recorded_stop_and_a_clock_in_doubt(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(relieved(small())))

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("a")
        jump = ReportClockJump(run=bridge.run.id, seconds=3_600.0)
        await bridge.desk.must(jump, bridge.desk.console)
        await bridge.desk.must(StopLine(run=bridge.run.id))
        await bridge.begin("page")
        await follow(bridge)
        assert [job.step for job in bridge.world.jobs] == ["page"]
        assert bridge.effect("a").effect.state is EffectState.INTENDED
        assert state(bridge) is ReliefState.ON
        await bridge.begin("undo-page")
        await follow(bridge)
        assert state(bridge) is ReliefState.OFF
        assert entry_of(PAGE) not in bridge.run.left_open

    bridge.play(scene())


def test_that_a_fired_rollback_neither_calls_relief_off_nor_waits_for_it(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(relieved(small())), two_people=True)

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("a")
        await follow(bridge)
        bridge.world.runs = lambda _request: (1_000.0, Ending.SUCCEEDED)
        await bridge.begin("page")
        await bridge.fire()
        await bridge.deliver()
        assert bridge.effect("page").effect.state is EffectState.ACKNOWLEDGED
        await bridge.retreat.settle_forward(bridge.run.id)
        assert bridge.calls("cancel") == []
        assert bridge.retreat.has_settled_forward(bridge.run.id)

    bridge.play(scene())


def test_that_relief_whose_check_fails_may_be_on_and_holds_nothing(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(relieved(small(), SHOWN)))

    async def scene() -> None:
        await bridge.night()
        bridge.see("page", ({}, 0.0))
        await bridge.begin("page")
        await follow(bridge)
        assert state(bridge) is ReliefState.STARTING
        await bridge.clock.sleep(CHECK_PATIENCE.total_seconds())
        await follow(bridge)
        assert state(bridge) is ReliefState.UNSURE
        assert bridge.held_by() == set()
        note = bridge.run.steps[PAGE].attempts[-1].note
        assert note == "shown is 0, limit above 0.5"

    bridge.play(scene())


def test_that_relief_whose_job_fails_says_what_it_said(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(relieved(Runbook(steps=(manual("b"),)))))
    bridge.world.runs = lambda _request: (0.0, Ending.FAILED)

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("page")
        await follow(bridge)
        assert bridge.effect("page").effect.outcome is Outcome.FAILED
        assert state(bridge) is ReliefState.UNSURE

    bridge.play(scene())
