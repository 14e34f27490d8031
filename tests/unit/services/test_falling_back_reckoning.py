"""What a rollback came to is what is observed, of versions, of its steps and of the totals."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.effect_facts import (
    EffectRefused,
    EffectSent,
    EffectSettledByHand,
    EffectUnknown,
)
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.rollback_commands import CloseTotal
from relconsole.domain.night.rollback_facts import (
    RollbackEnding,
    TotalMoment,
)
from relconsole.domain.night.run_commands import MoveEffect
from relconsole.domain.night.step_commands import EndStep, RepeatStep, Said
from relconsole.domain.night.totals import open_totals
from relconsole.domain.record.effect import Outcome
from relconsole.domain.release.release import ControlTotal, RollbackEdits
from relconsole.services.falling_back import desired_version
from relconsole.services.restore import RestoreKeeper
from tests.helpers.fakes.plugins import Way
from tests.unit.services.retreats import PLAN, Night, begun, deployed
from tests.unit.services.rooms import METRICS, PAY, manual, played
from tests.unit.services.rooms_s2 import (
    ASHA,
    LEDGER,
    NEW,
    OLD,
    PLACE,
    acts,
    begin,
    deploy,
    deploys,
    ends,
    job_of,
    rules,
    shows,
    versions,
)

TOTALS = RollbackEdits(
    control_totals=(
        ControlTotal(id="rows", title="Rows", system=METRICS, query="rows", tolerance=1),
    )
)


@played
async def test_that_a_rollback_is_through_when_each_of_its_steps_has_ended() -> None:
    here = await deployed()
    assert here.retreat.is_through(here.run)
    await here.fires()
    assert not here.retreat.is_through(here.run)
    await here.goes_back("undo-pay")
    assert here.retreat.is_through(here.run)


@played
async def test_that_it_is_rolled_back_when_everything_is_observed_back() -> None:
    here = await deployed()
    await here.fires()
    await here.goes_back("undo-pay")
    ended = await here.ends()
    assert (ended.ending, ended.reconcile) == (RollbackEnding.ROLLED_BACK, ())
    assert [(row.service, row.observed, row.ok) for row in ended.fleet] == [
        (PAY, (OLD,), True),
        (LEDGER, (OLD,), True),
    ]


@played
async def test_that_it_is_partial_while_an_instance_still_runs_the_new_version() -> None:
    here = await deployed()
    await here.fires()
    await here.goes_back("undo-pay")
    shows(here.room, PAY, OLD, NEW)
    ended = await here.ends()
    assert ended.ending is RollbackEnding.PARTIAL
    assert [row.item for row in ended.reconcile] == ["payments-api@prod"]
    assert [(row.observed, row.ok) for row in ended.fleet] == [((OLD, NEW), False), ((OLD,), True)]


@played
async def test_that_it_is_unknown_while_nobody_sees_the_fleet() -> None:
    here = await deployed()
    await here.fires()
    await here.goes_back("undo-pay")
    here.room.goes("query", Way.IS_DOWN)
    ended = await here.ends()
    assert ended.ending is RollbackEnding.UNKNOWN
    assert all("metrics is down" in row.says and not row.observed for row in ended.fleet)


@played
async def test_that_steps_that_are_not_done_are_left_to_reconcile() -> None:
    here = await deployed()
    await deploys(here.room, "ledger", LEDGER)
    await here.fires()
    assert (await here.reasons())["undo-pay"] == "undo step is not started"
    await begin(here.room, "undo-pay", "undo-ledger")
    assert (await here.reasons())["undo-pay"] == "undo step is unknown"
    await ends(here.room, "undo-pay", Outcome.FAILED)
    found = await here.reasons()
    assert (found["undo-pay"], found["undo-ledger"]) == (
        "undo step is failed",
        "undo step is unknown",
    )


@played
async def test_that_an_undo_by_hand_under_way_is_left_to_reconcile() -> None:
    here = await begun(versions(manual("swap")))
    await begin(here.room, "swap")
    await acts(here.room, EndStep(run=here.run, step=StepId("swap"), state=StepState.DONE))
    for service in (PAY, LEDGER):
        shows(here.room, service, NEW)
    await here.fires()
    await begin(here.room, "undo-swap")
    assert (await here.reasons())["undo-swap"] == "undo step is running"


@played
async def test_that_nothing_is_back_where_no_rollback_is() -> None:
    here = await deployed()
    assert await here.reasons() == {"rollback": "nothing was taken back"}
    assert rules(await here.retreat.end(here.run)) == ("not_fired",)


@played
async def test_that_a_rehearsal_is_reckoned_where_it_runs() -> None:
    here = await begun(replace(PLAN, rehearsal=PLACE), rehearsal=True)
    for service, version in ((PAY, NEW), (LEDGER, OLD)):
        shows(here.room, service, version, environment=PLACE.environment)
    await begin(here.room, "pay")
    await ends(here.room, "pay")
    await here.arms()
    assert not isinstance(await here.retreat.fire(here.run, None), Refusal)
    await begin(here.room, "undo-pay")
    await ends(here.room, "undo-pay")
    assert list(await here.reasons()) == ["payments-api@stage"]
    shows(here.room, PAY, OLD, environment=PLACE.environment)
    assert (await here.ends()).ending is RollbackEnding.ROLLED_BACK


def payments(here: Night) -> str | None:
    """The version of payments that was asked for last, as far as is known."""
    return desired_version(here.room.run, here.room.release.items[0])


@played
async def test_that_the_old_version_is_asked_for_until_something_begins() -> None:
    here = await begun()
    assert payments(here) == OLD
    await begin(here.room, "pay")
    assert payments(here) is None
    await ends(here.room, "pay")
    assert payments(here) == NEW
    shows(here.room, PAY, NEW)
    await here.fires()
    assert payments(here) == NEW
    await begin(here.room, "undo-pay")
    await ends(here.room, "undo-pay")
    assert payments(here) == OLD


@played
async def test_that_a_failed_job_leaves_unknown_what_runs_until_one_succeeds() -> None:
    here = await begun()
    await begin(here.room, "pay")
    await ends(here.room, "pay", Outcome.FAILED)
    assert payments(here) is None
    await acts(here.room, RepeatStep(run=here.run, step=StepId("pay")))
    await begin(here.room, "pay")
    await ends(here.room, "pay")
    assert payments(here) == NEW


@pytest.mark.parametrize("outcome", [None, Outcome.FAILED, Outcome.SUCCEEDED])
def test_that_a_job_that_never_happened_asked_for_nothing(outcome: Outcome | None) -> None:
    @played
    async def scene() -> None:
        here = await begun()
        await begin(here.room, "pay")
        effect = job_of(here.room, "pay").effect.id
        await here.room.moves(
            EffectSent(run=here.run, effect=effect),
            EffectUnknown(run=here.run, effect=effect, why="no answer"),
        )
        settled = EffectSettledByHand(
            run=here.run, effect=effect, outcome=outcome, note="looked at the console"
        )
        await acts(here.room, MoveEffect(run=here.run, move=settled))
        found = {None: OLD, Outcome.FAILED: None, Outcome.SUCCEEDED: NEW}
        assert payments(here) == found[outcome]

    scene()


@played
async def test_that_a_job_that_was_refused_asked_for_nothing() -> None:
    here = await begun()
    await begin(here.room, "pay")
    effect = job_of(here.room, "pay").effect.id
    await here.room.moves(
        EffectSent(run=here.run, effect=effect),
        EffectRefused(run=here.run, effect=effect, reason="no such branch"),
    )
    assert payments(here) == OLD


@pytest.mark.parametrize(
    ("state", "version"), [(StepState.DONE, NEW), (StepState.DONE_WITH_REMARK, NEW)]
)
def test_that_a_step_by_hand_asks_for_its_version_once_it_is_done(
    state: StepState, version: str
) -> None:
    @played
    async def scene() -> None:
        here = await begun(versions(replace(manual("swap"), services=(PAY,))))
        await begin(here.room, "swap")
        assert payments(here) is None
        done = EndStep(run=here.run, step=StepId("swap"), state=state, said=Said(note="as planned"))
        await acts(here.room, done)
        assert payments(here) == version

    scene()


@played
async def test_that_the_version_that_a_job_was_told_is_the_one_asked_for() -> None:
    step = deploy("pay")
    assert step.run is not None
    told = replace(step, run=replace(step.run, parameters={"service": PAY, "version": "2.0.1"}))
    here = await begun(versions(told))
    await begin(here.room, "pay")
    await ends(here.room, "pay")
    assert payments(here) == "2.0.1"


async def counted(before: float, after: float | None) -> Night:
    """A night that went back, with a control total before it and after."""
    here = await begun(replace(PLAN, rollback=TOTALS))
    keeper = RestoreKeeper(desk=here.room.desk, plugins=here.room.plugins)
    here.room.reads("rows", before)
    await keeper.take_totals(here.run, TotalMoment.BEFORE)
    await deploys(here.room, "pay")
    await here.fires()
    await here.goes_back("undo-pay")
    here.room.reads("rows", *(() if after is None else (after,)))
    return here


@pytest.mark.parametrize("after", [99.0, 100.0, 101.0])
def test_that_totals_that_agree_leave_nothing_open(after: float) -> None:
    @played
    async def scene() -> None:
        here = await counted(100.0, after)
        assert (await here.ends()).ending is RollbackEnding.ROLLED_BACK

    scene()


@played
async def test_that_a_total_that_differs_is_open_until_somebody_closes_it() -> None:
    here = await counted(100.0, 97.0)
    ended = await here.ends()
    assert ended.ending is RollbackEnding.PARTIAL
    assert [(row.item, row.reason) for row in ended.reconcile] == [
        ("rows", "Rows after rollback differs by -3, tolerance 1")
    ]
    closing = CloseTotal(
        run=here.run,
        total="rows",
        moment=TotalMoment.AFTER_ROLLBACK,
        cause="three test rows",
        correction="deleted",
        owner=ASHA,
    )
    await acts(here.room, closing)
    assert open_totals(here.room.run, here.room.release) == ()
    assert (await here.ends()).ending is RollbackEnding.ROLLED_BACK


@played
async def test_that_a_total_that_nobody_can_read_is_unknown() -> None:
    here = await counted(100.0, None)
    ended = await here.ends()
    assert ended.ending is RollbackEnding.UNKNOWN
    (row,) = ended.reconcile
    assert row.item == "rows"
    assert "gave no single figure" in row.reason


@played
async def test_that_totals_are_taken_only_when_the_rollback_is_through() -> None:
    here = await begun(replace(PLAN, rollback=TOTALS))
    here.room.reads("rows", 100.0)
    await deploys(here.room, "pay")
    await here.fires()
    await here.ends()
    assert here.room.run.totals == ()
    assert open_totals(here.room.run, here.room.release) == ()
    await here.goes_back("undo-pay")
    await here.ends()
    moments = [kept.moment for kept in here.room.desk.run(here.run).totals]
    assert moments == [TotalMoment.AFTER_ROLLBACK]
