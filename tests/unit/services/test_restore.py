"""Restore points and control totals: taken and verified before the first step that changes data."""

import math
from dataclasses import replace
from itertools import count

import pytest

from relconsole.domain.kernel.ids import RunId, StepId
from relconsole.domain.night.bridge_commands import StopLine
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.effect_facts import EffectSettledByHand, Purpose
from relconsole.domain.night.facts import RunOutcome
from relconsole.domain.night.rollback_facts import TotalMoment
from relconsole.domain.night.run_commands import LeaveRun, MoveEffect
from relconsole.domain.plan.runbook import Step
from relconsole.domain.record.effect import EffectState, RecognisesRepeat
from relconsole.domain.release.release import ControlTotal, Release, RestorePoint, RollbackEdits
from relconsole.plugin_api.effects import Ending
from tests.helpers.fakes.plugins import Way
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import CI, METRICS, data, release, small
from tests.unit.services.bridge import Bridge

ROWS = ControlTotal(id="rows", title="Rows of the ledger", system=METRICS, query="rows")


def with_totals(found: Release) -> Release:
    """The release with a control total beside its restore point."""
    return replace(found, rollback=replace(found.rollback, control_totals=(ROWS,)))


async def ready(bridge: Bridge) -> tuple[RunId, Step]:
    """A night whose first step is done, and the step that changes data."""
    run = await bridge.night()
    await bridge.begin("a")
    await bridge.work()
    step = bridge.run.find_step(StepId("b"))
    assert step is not None
    return run, step


async def prepare(bridge: Bridge, times: int = 6) -> None:
    """Carry the restore points so many acts further."""
    step = bridge.run.find_step(StepId("b"))
    assert step is not None
    for _ in range(times):
        await bridge.keeper.prepare(bridge.run.id, step)
        await bridge.deliver(pause=0.5)


def purposes(bridge: Bridge) -> list[Purpose]:
    """What the effects so far serve, without the steps."""
    found = (each.intent.purpose for _, each in sorted(bridge.run.effects.items()))
    return [purpose for purpose in found if purpose is not Purpose.STEP]


def test_that_a_point_is_taken_then_verified_then_kept(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(data()))

    async def scene() -> None:
        await ready(bridge)
        await prepare(bridge)
        assert purposes(bridge) == [Purpose.RESTORE_POINT, Purpose.VERIFY_RESTORE_POINT]
        assert bridge.run.restore_points["saved"] == "the ledger in the vault: verified"
        await prepare(bridge)
        assert len(purposes(bridge)) == 2

    bridge.play(scene())


def test_that_the_words_of_the_verification_are_kept(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(data()))

    async def scene() -> None:
        await ready(bridge)
        await prepare(bridge, times=3)
        bridge.world.jobs[-1].detail = "12 rows readable"
        await prepare(bridge)
        assert bridge.run.restore_points["saved"].endswith("12 rows readable")

    bridge.play(scene())


def test_that_a_running_job_is_waited_for(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(data()))

    async def scene() -> None:
        await ready(bridge)
        bridge.world.runs = lambda _request: (600.0, Ending.SUCCEEDED)
        await prepare(bridge)
        assert purposes(bridge) == [Purpose.RESTORE_POINT]
        assert bridge.held_by() == set()

    bridge.play(scene())


@pytest.mark.parametrize("way", [Way.REFUSES, Way.ANSWERS])
def test_that_a_job_that_did_not_succeed_holds_the_run(loop: VirtualLoop, way: Way) -> None:
    bridge = Bridge(loop, release(data()))

    async def scene() -> None:
        await ready(bridge)
        bridge.fails("perform", way)
        bridge.world.runs = lambda _request: (0.0, Ending.FAILED)
        await prepare(bridge)
        effect = bridge.effect(purpose="restore_point").effect
        assert bridge.held_by() == {(HoldCause.STEP, effect.id)}
        told = str(effect.outcome or effect.state)
        assert f"taking restore point saved ended {told}" in bridge.run.holds[0].reasons[0]
        assert not bridge.run.restore_points

    bridge.play(scene())


def test_that_a_verification_that_fails_keeps_nothing(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(data()))

    async def scene() -> None:
        await ready(bridge)
        endings = iter([Ending.SUCCEEDED, Ending.FAILED])
        bridge.world.runs = lambda _request: (0.0, next(endings))
        await prepare(bridge)
        assert "verifying restore point saved" in bridge.run.holds[0].reasons[0]
        assert not bridge.run.restore_points

    bridge.play(scene())


def test_that_a_job_that_a_person_saw_never_happened_is_intended_anew(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(data()))
    bridge.knows_repeats(CI, RecognisesRepeat.NONE)

    async def scene() -> None:
        run, _ = await ready(bridge)
        bridge.fails("perform")
        await prepare(bridge, times=3)
        effect = bridge.effect(purpose="restore_point").effect
        assert effect.state is EffectState.UNKNOWN
        settled = EffectSettledByHand(run=run, effect=effect.id, outcome=None, note="looked")
        await bridge.desk.must(MoveEffect(run=run, move=settled))
        await prepare(bridge)
        assert purposes(bridge)[:2] == [Purpose.RESTORE_POINT, Purpose.RESTORE_POINT]
        assert "saved" in bridge.run.restore_points

    bridge.play(scene())


def test_that_a_point_without_jobs_is_a_persons_to_take(loop: VirtualLoop) -> None:
    by_hand = RestorePoint(id="tape", before=StepId("b"), what="all", where="the shelf")
    elsewhere = RestorePoint(
        id="other", before=StepId("a"), what="all", where="there", take=None, verify=None
    )
    found = replace(release(data()), rollback=RollbackEdits(restore_points=(elsewhere, by_hand)))
    bridge = Bridge(loop, found)

    async def scene() -> None:
        await ready(bridge)
        await prepare(bridge)
        assert purposes(bridge) == []

    bridge.play(scene())


def test_that_neither_a_rehearsal_nor_an_ordinary_step_takes_any(loop: VirtualLoop) -> None:
    rehearsed = Bridge(loop, with_totals(release(data())))
    ordinary = Bridge(loop, with_totals(release(small())))

    async def scene(bridge: Bridge, *, rehearsal: bool) -> None:
        await bridge.night(rehearsal=rehearsal)
        await prepare(bridge)
        assert not bridge.run.totals
        assert not bridge.run.effects

    rehearsed.play(scene(rehearsed, rehearsal=True))
    ordinary.play(scene(ordinary, rehearsal=False))


def test_that_totals_are_taken_once_a_moment(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, with_totals(release(data())))
    figures = count(100)
    bridge.world.values["rows"] = lambda: (({}, float(next(figures))),)

    async def scene() -> None:
        run, _ = await ready(bridge)
        await prepare(bridge)
        await bridge.keeper.take_totals(run, TotalMoment.AFTER)
        taken = [(kept.moment, kept.value) for kept in bridge.run.totals]
        assert taken == [(TotalMoment.BEFORE, 100.0), (TotalMoment.AFTER, 101.0)]

    bridge.play(scene())


@pytest.mark.parametrize("figures", [(), (1.0, 2.0), (math.nan,), (math.inf,)])
def test_that_what_is_no_single_figure_is_an_unknown_total(
    loop: VirtualLoop, figures: tuple[float, ...]
) -> None:
    bridge = Bridge(loop, with_totals(release(data())))
    bridge.see("rows", *(({"shard": str(number)}, each) for number, each in enumerate(figures)))

    async def scene() -> None:
        run, _ = await ready(bridge)
        await bridge.keeper.take_totals(run, TotalMoment.BEFORE)
        (kept,) = bridge.run.totals
        assert (kept.value, kept.says) == (None, "'rows' gave no single figure")

    bridge.play(scene())


@pytest.mark.parametrize("way", [Way.IS_DOWN, Way.LACKS_A_SETTING])
def test_that_a_total_that_cannot_be_read_says_why(loop: VirtualLoop, way: Way) -> None:
    bridge = Bridge(loop, with_totals(release(data())))

    async def scene() -> None:
        run, _ = await ready(bridge)
        bridge.fails("query", way)
        await bridge.keeper.take_totals(run, TotalMoment.BEFORE)
        (kept,) = bridge.run.totals
        assert kept.value is None
        assert "metrics" in kept.says

    bridge.play(scene())


def test_that_an_unknown_total_is_read_again_and_kept_once_it_is_known(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, with_totals(release(data())))

    async def scene() -> None:
        run, _ = await ready(bridge)
        bridge.fails("query", Way.IS_DOWN)
        await bridge.keeper.take_totals(run, TotalMoment.BEFORE)
        bridge.fails("query", Way.IS_DOWN)
        await bridge.keeper.take_totals(run, TotalMoment.BEFORE)
        assert [kept.value for kept in bridge.run.totals] == [None]
        bridge.see("rows", ({}, 100.0))
        await bridge.keeper.take_totals(run, TotalMoment.BEFORE)
        assert [kept.value for kept in bridge.run.totals] == [None, 100.0]

    bridge.play(scene())


def test_that_a_stopped_line_intends_no_restore_point(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(data()))

    async def scene() -> None:
        run, _ = await ready(bridge)
        await bridge.desk.must(StopLine(run=run))
        await prepare(bridge)
        assert purposes(bridge) == []
        left = LeaveRun(run=run, outcome=RunOutcome.STOPPED, reasons=())
        await bridge.desk.must(left, bridge.desk.console)

    bridge.play(scene())
