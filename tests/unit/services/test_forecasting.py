"""The forecast of a run: made again when the night moves, and kept while nothing has."""

from dataclasses import replace
from datetime import timedelta

from immutables import Map

from relconsole.domain.console.commands import CountRehearsal
from relconsole.domain.kernel.durations import ThreePoint, plain
from relconsole.domain.kernel.ids import Digest, ReleaseId, RunId, StepId
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.rollback_facts import RehearsalCounted, RehearsedStep
from relconsole.domain.night.step_commands import EndStep, RepeatStep, Said
from relconsole.domain.plan.runbook import Runbook, Undo, UndoKind
from relconsole.services.forecasting import Forecaster, basis_of, rehearsed_undo
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import RELEASE, START, Shape, manual, release, small
from tests.unit.services.bridge import Bridge

NOBODY = Digest("0" * 64)


def counted(bridge: Bridge, *undo: RehearsedStep) -> CountRehearsal:
    """A rehearsal that took these times."""
    return CountRehearsal(
        counted=RehearsalCounted(
            run=RunId("rehearsal"),
            release=RELEASE,
            plan=NOBODY,
            rollback_plan=None,
            at=bridge.clock.now(),
            journal="j",
            size=1,
            root=NOBODY,
            forward=(),
            undo=undo,
        )
    )


def test_that_a_forecast_is_kept_while_nothing_has_moved(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        run = await bridge.night()
        first = bridge.forecaster.forecast(bridge.desk.state, run, bridge.clock.now())
        await bridge.clock.sleep(60)
        again = bridge.forecaster.forecast(bridge.desk.state, run, bridge.clock.now())
        assert again is first

    bridge.play(scene())


def test_that_a_renewed_forecast_is_as_of_now_and_bears_the_same_name(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        run = await bridge.night()
        await bridge.begin("a")
        first = bridge.forecaster.forecast(bridge.desk.state, run, bridge.clock.now())
        await bridge.clock.sleep(3600)
        renewed = bridge.forecaster.renew(bridge.desk.state, run, bridge.clock.now())
        assert renewed.digest == first.digest
        assert renewed.made_at == bridge.clock.now()
        assert renewed.end > first.end
        assert bridge.forecaster.forecast(bridge.desk.state, run, bridge.clock.now()) is renewed

    bridge.play(scene())


def test_that_a_rehearsal_is_reckoned_from_its_opening_and_waits_for_no_clock(
    loop: VirtualLoop,
) -> None:
    late = release(small(), start=START + timedelta(days=3))
    first, *rest = late.runbook.steps
    fixed = replace(first, not_before=late.window.start + timedelta(hours=1))
    bridge = Bridge(loop, replace(late, runbook=replace(late.runbook, steps=(fixed, *rest))))

    async def scene() -> None:
        bridge.clock.jump(-3 * 86_400)
        run = await bridge.night(rehearsal=True)
        opened = bridge.desk.run(run).opened_at
        forecast = bridge.forecaster.forecast(bridge.desk.state, run, bridge.clock.now())
        basis = basis_of(bridge.desk.state, bridge.desk.run(run))
        assert basis.window.start == opened
        assert basis.window.length == late.window.length
        assert {step.not_before for step in basis.way.runbook.steps} == {None}
        assert forecast.steps[0].start == opened
        assert forecast.latest_safe_start is not None
        assert forecast.latest_safe_start < opened + late.window.length

    bridge.play(scene())


def test_that_a_started_step_makes_a_new_forecast_of_the_same_plan(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        run = await bridge.night()
        first = bridge.forecaster.forecast(bridge.desk.state, run, bridge.clock.now())
        await bridge.begin("a")
        second = bridge.forecaster.forecast(bridge.desk.state, run, bridge.clock.now())
        assert second.digest != first.digest
        assert {figures.step for figures in second.starts} == {"b"}

    bridge.play(scene())


def test_that_a_step_to_be_done_again_is_weighed_although_it_has_begun(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        run = await bridge.night()
        await bridge.begin("a")
        await bridge.work()
        said = Said(note="again")
        await bridge.desk.must(RepeatStep(run=run, step=StepId("a"), said=said))
        state, now = bridge.desk.state, bridge.clock.now()
        assert bridge.forecaster.forecast(state, run, now).find_start(StepId("a")) is None
        figures = bridge.forecaster.weigh(state, run, StepId("a"), now)
        assert figures is not None
        assert figures.latest_after == figures.latest_now
        assert bridge.forecaster.weigh(state, run, StepId("undo-a"), now) is None

    bridge.play(scene())


def test_that_a_rehearsal_of_the_very_step_gives_its_way_back_the_time_it_took(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        run = await bridge.night()
        digest = bridge.run.step_digests[StepId("a")]
        before = basis_of(bridge.desk.state, bridge.run)
        await bridge.desk.must(
            counted(
                bridge,
                RehearsedStep(step=StepId("a"), digest=digest, seconds=40.0),
                RehearsedStep(step=StepId("b"), digest=NOBODY, seconds=40.0),
                RehearsedStep(step=StepId("gone"), digest=digest, seconds=40.0),
            )
        )
        await bridge.desk.must(
            counted(bridge, RehearsedStep(step=StepId("a"), digest=digest, seconds=30.0))
        )
        found = rehearsed_undo(bridge.desk.state, bridge.run)
        assert found == {StepId("a"): plain(timedelta(seconds=40))}
        assert basis_of(bridge.desk.state, bridge.run) != before
        forecaster = Forecaster()
        first = forecaster.forecast(bridge.desk.state, run, bridge.clock.now())
        assert StepId("a") not in first.unrehearsed

    bridge.play(scene())


def test_that_an_earlier_basis_is_used_again_for_a_later_one(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        run = await bridge.night()
        first = bridge.forecaster.forecast(bridge.desk.state, run, bridge.clock.now())
        digest = bridge.run.step_digests[StepId("a")]
        await bridge.desk.must(
            counted(bridge, RehearsedStep(step=StepId("a"), digest=digest, seconds=1.0))
        )
        second = bridge.forecaster.forecast(bridge.desk.state, run, bridge.clock.now())
        assert second is not first
        assert second.latest_safe_start is not None
        assert first.latest_safe_start is not None
        assert second.latest_safe_start >= first.latest_safe_start

    bridge.play(scene())


def test_that_the_way_back_ends_before_a_release_that_waits_for_this_one(
    loop: VirtualLoop,
) -> None:
    bridge = Bridge(loop, release(small()))

    async def scene() -> None:
        run = await bridge.night()
        alone = basis_of(bridge.desk.state, bridge.run)
        start = bridge.release.window.start + timedelta(hours=2)
        other = replace(
            bridge.release,
            id=ReleaseId("next"),
            waits_for=(RELEASE,),
            window=Interval(start=start, end=start + timedelta(hours=1)),
        )
        state = bridge.desk.state
        both = Map(state.workspace.releases).set(other.id, other)
        waited = replace(state, workspace=replace(state.workspace, releases=both))
        assert basis_of(waited, waited.runs[run]).way.deadline == start
        assert alone.way.deadline == bridge.release.window.end

    bridge.play(scene())


def test_that_a_dropped_step_takes_no_time(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(small()))
    shape: Shape = bridge.shape

    async def scene() -> None:
        run = await bridge.night()
        await bridge.desk.must(
            EndStep(
                run=run, step=StepId("m"), state=StepState.NOT_NEEDED, said=Said(note="no need")
            )
        )
        forecast = bridge.forecaster.forecast(bridge.desk.state, run, bridge.clock.now())
        end = shape.release.window.start + timedelta(minutes=2)
        assert forecast.end == end

    bridge.play(scene())


def test_that_what_is_kept_from_earlier_forecasts_changes_no_figure(loop: VirtualLoop) -> None:
    vague = ThreePoint(
        best=timedelta(minutes=4), likely=timedelta(minutes=6), worst=timedelta(minutes=20)
    )
    undone = Undo(kind=UndoKind.INVERSE, duration=vague)
    first, second, third = (
        replace(manual(name, after=after), duration=vague, undo=undone)
        for name, after in (("m", ()), ("n", ("m",)), ("o", ("n",)))
    )
    side = replace(manual("side", after=("m",)), undo=undone)
    bridge = Bridge(loop, release(Runbook(steps=(first, second, side, third))))

    async def scene() -> None:
        run = await bridge.night()

        def agree() -> None:
            state, now = bridge.desk.state, bridge.clock.now()
            kept = bridge.forecaster.forecast(state, run, now)
            assert kept == Forecaster().forecast(state, run, now)
            for step in ("m", "n", "side", "o"):
                figures = bridge.forecaster.weigh(state, run, StepId(step), now)
                assert figures == Forecaster().weigh(state, run, StepId(step), now)

        async def end(step: str, ending: StepState) -> None:
            said = Said(note="so it is")
            await bridge.clock.sleep(240)
            await bridge.desk.must(EndStep(run=run, step=StepId(step), state=ending, said=said))
            agree()

        agree()
        await bridge.begin("m")
        agree()
        await end("m", StepState.DONE)
        await end("n", StepState.NOT_NEEDED)
        await bridge.begin("side")
        agree()
        await end("side", StepState.DONE)
        digest = bridge.run.step_digests[StepId("m")]
        took = RehearsedStep(step=StepId("m"), digest=digest, seconds=90.0)
        await bridge.desk.must(counted(bridge, took))
        agree()
        await bridge.begin("o")
        agree()
        await end("o", StepState.DONE)
        await bridge.desk.must(RepeatStep(run=run, step=StepId("o"), said=Said(note="again")))
        agree()

    bridge.play(scene())
