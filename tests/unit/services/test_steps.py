"""Steps: started with what their job is now, ended by what it came to and what the checks say."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from relconsole.domain.kernel.ids import Digest, EnvironmentId, StepId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_commands import StopLine
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.effect_facts import EffectSettledByHand, Purpose
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.run_commands import MoveEffect
from relconsole.domain.night.step_commands import Said
from relconsole.domain.plan.runbook import Check, Runbook
from relconsole.domain.record.effect import EffectState, RecognisesRepeat
from relconsole.domain.release.release import RehearsalPlace
from relconsole.plugin_api.effects import Ending
from relconsole.services.steps import CHECK_PATIENCE, SYSTEM_DOWN
from tests.helpers.fakes.plugins import Way
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import CI, INES, METRICS, PAY, chain, deploy, manual, release, small
from tests.unit.services.bridge import Bridge

A = StepId("a")


def checked(*checks: Check) -> Runbook:
    """One deployment with these checks."""
    return Runbook(steps=(replace(deploy("a", PAY), checks=checks),))


LATENCY = Check(id="latency", system=METRICS, query="p95", above=0.1, below=0.8)


async def run_job(bridge: Bridge) -> None:
    """A night in which the job of the first step has run."""
    await bridge.night()
    await bridge.begin("a")
    await bridge.deliver(times=2)


async def refused(bridge: Bridge, name: str = "a") -> Refusal:
    """Why the step may not start."""
    step = bridge.run.find_step(StepId(name))
    assert step is not None
    started = await bridge.mover.start(bridge.run.id, step)
    assert isinstance(started, Refusal)
    return started


def test_that_a_start_intends_the_job_with_its_parameters(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        await bridge.night()
        step = bridge.run.find_step(A)
        assert step is not None
        said = Said(for_person=INES, note="now", heard="voice")
        await bridge.mover.start(bridge.run.id, step, said)
        attempt = bridge.run.steps[A].attempts[-1]
        assert (attempt.for_person, attempt.note, attempt.heard) == (INES, "now", "voice")
        assert attempt.inputs == {"service": "pay", "version": "2.0"}
        assert '"version":"2.0"' in bridge.effect("a").intent.payload

    bridge.play(scene())


def test_that_a_walk_through_reads_and_runs_no_job(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        await bridge.night(rehearsal=True)
        await bridge.begin("a")
        assert bridge.calls() == []
        assert not bridge.run.effects

    bridge.play(scene())


def test_that_a_job_that_is_another_one_now_is_not_started(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        await bridge.night()
        bridge.world.digests["deploy"] = Digest("f" * 64)
        assert [reason.rule for reason in (await refused(bridge)).reasons] == ["call_changed"]

    bridge.play(scene())


@pytest.mark.parametrize(
    ("way", "rule"), [(Way.IS_DOWN, SYSTEM_DOWN), (Way.LACKS_A_SETTING, "call_unreadable")]
)
def test_that_a_job_that_cannot_be_read_is_not_started_and_it_says_whose_move_it_is(
    loop: VirtualLoop, way: Way, rule: str
) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        await bridge.night()
        bridge.fails("describe_job", way)
        (reason,) = (await refused(bridge)).reasons
        assert reason.rule == rule
        assert "cannot be read" in reason.says
        await bridge.begin("a")

    bridge.play(scene())


def test_that_a_job_that_succeeded_ends_its_step(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        await run_job(bridge)
        await bridge.mover.finish_jobs(bridge.run.id)
        assert bridge.states()["a"] is StepState.DONE

    bridge.play(scene())


def test_that_a_running_job_ends_nothing(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))
    bridge.world.runs = lambda _request: (60.0, Ending.SUCCEEDED)

    async def scene() -> None:
        await run_job(bridge)
        await bridge.mover.finish_jobs(bridge.run.id)
        assert bridge.states()["a"] is StepState.RUNNING

    bridge.play(scene())


def test_that_a_manual_step_is_nobodys_job(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(Runbook(steps=(manual("m"),))))

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("m")
        await bridge.mover.finish_jobs(bridge.run.id)
        assert bridge.states()["m"] is StepState.RUNNING

    bridge.play(scene())


@pytest.mark.parametrize("ending", [Ending.FAILED, Ending.CANCELLED])
def test_that_a_job_that_failed_fails_its_step_with_its_last_words(
    loop: VirtualLoop, ending: Ending
) -> None:
    bridge = Bridge(loop, release(small()))
    bridge.world.runs = lambda _request: (0.0, ending)

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("a")
        await bridge.deliver()
        bridge.world.jobs[0].detail = "exit status 3"
        await bridge.deliver()
        await bridge.mover.finish_jobs(bridge.run.id)
        assert bridge.states()["a"] is StepState.FAILED
        assert bridge.run.steps[A].attempts[-1].note == "exit status 3"
        assert bridge.held_by() == {(HoldCause.STEP, "a")}

    bridge.play(scene())


def test_that_a_refused_job_fails_its_step(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))
    bridge.fails("perform", Way.REFUSES)

    async def scene() -> None:
        await run_job(bridge)
        await bridge.mover.finish_jobs(bridge.run.id)
        assert bridge.states()["a"] is StepState.FAILED
        assert bridge.run.steps[A].attempts[-1].note == "ci says no"

    bridge.play(scene())


def test_that_a_job_that_a_person_saw_never_happened_fails_its_step(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))
    bridge.knows_repeats(CI, RecognisesRepeat.NONE)
    bridge.fails("perform")

    async def scene() -> None:
        await run_job(bridge)
        effect = bridge.effect("a").effect.id
        assert bridge.state_of(effect) is EffectState.UNKNOWN
        settled = EffectSettledByHand(
            run=bridge.run.id, effect=effect, outcome=None, note="nothing in the queue"
        )
        await bridge.desk.must(MoveEffect(run=bridge.run.id, move=settled))
        await bridge.mover.finish_jobs(bridge.run.id)
        assert bridge.states()["a"] is StepState.FAILED
        assert bridge.run.steps[A].attempts[-1].note == "nothing in the queue"

    bridge.play(scene())


def test_that_a_rehearsal_in_its_own_place_runs_the_job_and_reads_no_check(
    loop: VirtualLoop,
) -> None:
    place = RehearsalPlace(environment=EnvironmentId("stage"), parameters={"to": "stage"})
    bridge = Bridge(loop, replace(release(checked(LATENCY)), rehearsal=place))

    async def scene() -> None:
        await bridge.night(rehearsal=True)
        await bridge.begin("a")
        await bridge.deliver(times=2)
        await bridge.mover.finish_jobs(bridge.run.id)
        assert '"to":"stage"' in bridge.effect("a").intent.payload
        assert "query" not in bridge.calls()
        assert bridge.states()["a"] is StepState.DONE

    bridge.play(scene())


def test_that_a_step_is_done_when_its_checks_pass(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(checked(LATENCY)))
    bridge.see("p95", ({}, 0.4))

    async def scene() -> None:
        await run_job(bridge)
        await bridge.mover.finish_jobs(bridge.run.id)
        (read,) = bridge.run.steps[A].attempts[-1].checks
        assert (read.value, read.passed) == (0.4, True)
        assert read.says == "latency is 0.4, limit below 0.8 and limit above 0.1"
        assert bridge.states()["a"] is StepState.DONE

    bridge.play(scene())


def test_that_checks_that_go_on_failing_hold_the_run(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(checked(LATENCY)))
    bridge.see("p95", ({}, 0.9))

    async def scene() -> None:
        await run_job(bridge)
        await bridge.mover.finish_jobs(bridge.run.id)
        await bridge.mover.finish_jobs(bridge.run.id)
        assert bridge.held_by() == set()
        bridge.clock.jump(3_600)
        await bridge.mover.finish_jobs(bridge.run.id)
        assert bridge.held_by() == set()
        await bridge.clock.sleep(CHECK_PATIENCE.total_seconds())
        await bridge.mover.finish_jobs(bridge.run.id)
        assert bridge.held_by() == {(HoldCause.CHECK, "a")}
        assert "latency is 0.9" in bridge.run.holds[0].reasons[0]
        assert bridge.states()["a"] is StepState.RUNNING

    bridge.play(scene())


def test_that_a_check_that_recovers_in_time_ends_the_step(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(checked(LATENCY)))
    bridge.see("p95", ({}, 0.9))

    async def scene() -> None:
        await run_job(bridge)
        await bridge.mover.finish_jobs(bridge.run.id)
        await bridge.mover.finish_jobs(bridge.run.id)
        kinds = [envelope.kind for envelope in bridge.stored.envelopes]
        assert kinds.count("check_read") == 1
        bridge.see("p95", ({}, 0.2))
        await bridge.mover.finish_jobs(bridge.run.id)
        assert bridge.states()["a"] is StepState.DONE

    bridge.play(scene())


def unknown_by_silence(bridge: Bridge) -> None:
    bridge.fails("query", Way.IS_DOWN)


def unknown_by_absence(bridge: Bridge) -> None:
    bridge.see("p95")


def unknown_by_age(bridge: Bridge) -> None:
    bridge.see("p95", ({}, 0.4))
    old = bridge.clock.now()
    bridge.world.wall = lambda: old
    bridge.clock.jump(3_600)


def unknown_by_division(bridge: Bridge) -> None:
    bridge.see("p95", ({}, float("nan")))


def unknown_beyond_all(bridge: Bridge) -> None:
    bridge.see("p95", ({}, float("inf")))


@pytest.mark.parametrize(
    "make",
    [
        unknown_by_silence,
        unknown_by_absence,
        unknown_by_age,
        unknown_by_division,
        unknown_beyond_all,
    ],
)
def test_that_a_check_without_a_fresh_single_value_is_unknown_and_does_not_pass(
    loop: VirtualLoop, make: Callable[[Bridge], None]
) -> None:
    bridge = Bridge(loop, release(checked(LATENCY)))

    async def scene() -> None:
        await run_job(bridge)
        make(bridge)
        await bridge.mover.finish_jobs(bridge.run.id)
        (read,) = bridge.run.steps[A].attempts[-1].checks
        assert (read.value, read.passed) == (None, None)
        assert read.says.startswith("latency is unknown: ")
        assert bridge.states()["a"] is StepState.RUNNING

    bridge.play(scene())


@pytest.mark.parametrize(
    ("check", "says"),
    [
        (replace(LATENCY, above=None), "latency is 0.4, limit below 0.8"),
        (replace(LATENCY, below=None), "latency is 0.4, limit above 0.1"),
    ],
)
def test_that_a_check_names_its_limits(loop: VirtualLoop, check: Check, says: str) -> None:
    bridge = Bridge(loop, release(checked(check)))
    bridge.see("p95", ({}, 0.4))

    async def scene() -> None:
        await run_job(bridge)
        await bridge.mover.finish_jobs(bridge.run.id)
        (read,) = bridge.run.steps[A].attempts[-1].checks
        assert read.says == says

    bridge.play(scene())


def test_that_a_silence_ends_with_its_step_and_only_once(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(chain()))
    bridge.see("up", ({}, 1.0))

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("m")
        await bridge.do("m")
        await bridge.begin("a")
        await bridge.mover.lift_silences(bridge.run.id)
        await bridge.deliver()
        await bridge.mover.lift_silences(bridge.run.id)
        assert bridge.effect("a", "silence").effect.remote is not None
        await bridge.work()
        await bridge.mover.lift_silences(bridge.run.id)
        await bridge.mover.lift_silences(bridge.run.id)
        lifted = bridge.effect("a", "unsilence").intent
        silence = bridge.effect("a", "silence").effect
        assert lifted.serves == silence.id
        assert silence.remote is not None
        assert silence.remote in lifted.payload
        kinds = [each.intent.purpose for each in bridge.run.effects.values()]
        assert kinds.count(Purpose.UNSILENCE) == 1

    bridge.play(scene())


def test_that_a_stopped_line_lifts_no_silence_yet(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(chain()))
    bridge.see("up", ({}, 1.0))

    async def scene() -> None:
        await bridge.night()
        await bridge.begin("m")
        await bridge.do("m")
        await bridge.begin("a")
        await bridge.work()
        await bridge.desk.must(StopLine(run=bridge.run.id))
        await bridge.mover.lift_silences(bridge.run.id)
        purposes = [each.intent.purpose for each in bridge.run.effects.values()]
        assert Purpose.UNSILENCE not in purposes

    bridge.play(scene())
