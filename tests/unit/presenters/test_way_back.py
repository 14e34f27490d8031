"""A fired rollback: how far it is, where it can still be stopped, what people must do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.bridge_commands import StopLine
from relconsole.domain.night.effect_facts import EffectSent, EffectUnknown
from relconsole.domain.night.facts import RunOutcome, StepState
from relconsole.domain.night.rollback_facts import (
    ControlTotalTaken,
    ReconcileRow,
    RollbackEnding,
    TotalDifferenceClosed,
    TotalMoment,
)
from relconsole.domain.night.step_commands import Said
from relconsole.domain.plan.runbook import Undo, UndoKind
from relconsole.domain.release.release import ControlTotal, RollbackEdits
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.rollback_sight import RollbackSight
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.way_back import Repair, WayBackRows, present_way_back
from relconsole_ui.presenters.words import NBSP
from tests.unit.presenters.rollback_nights import (
    PLAN,
    Night,
    begun,
    deployed,
    deploys,
    seen_of,
    with_run,
)
from tests.unit.services.rooms import METRICS, played
from tests.unit.services.rooms_s2 import ASHA, acts, begin, ends, job_of, keyed_room

UNDO = StepId("undo-pay")
HERE = RollbackSight(is_conducting=True)
ROWS = ControlTotal(id="rows", title="Rows of the ledger", system=METRICS, query="rows")
COUNTED = replace(PLAN, rollback=RollbackEdits(control_totals=(ROWS,)))


def shown(seen: Seen, sight: RollbackSight = HERE) -> WayBackRows:
    found = present_way_back(seen, sight)
    assert found is not None
    return found


async def fired() -> Night:
    here = await deployed()
    await here.fires()
    return here


def come_to(here: Night, ending: RollbackEnding, *rows: ReconcileRow) -> Seen:
    back = replace(here.rollback, ending=ending, reconcile=rows)
    return with_run(seen_of(here.room), rollback=back)


@played
async def test_that_there_is_nothing_before_a_rollback_was_fired() -> None:
    room = await keyed_room(PLAN)
    assert present_way_back(seen_of(room), HERE) is None
    here = await deployed()
    assert present_way_back(seen_of(here.room), HERE) is None
    await here.arms()
    assert present_way_back(seen_of(here.room), HERE) is None


@played
async def test_that_a_step_that_has_not_begun_can_still_be_stopped() -> None:
    here = await fired()
    rows = shown(seen_of(here.room))
    assert (rows.title, rows.status, rows.progress) == (
        "Rolling back",
        Status.RUNNING,
        "0 of 1 step done",
    )
    assert rows.note == "fired 20:01:00 by Mara and Ines"
    (step,) = rows.steps
    assert (step.says, step.stop) == (f"can be done again, 3{NBSP}min", "can still stop here")
    assert step.sentence.endswith("can still stop here")
    assert (rows.can_stop, rows.can_go_on) == (True, False)
    assert "0 of 1 step done" in rows.sentence


@played
async def test_that_a_running_step_can_no_longer_be_stopped_and_a_done_one_says_how_long() -> None:
    here = await fired()
    await begin(here.room, UNDO)
    (step,) = shown(seen_of(here.room)).steps
    assert (step.says, step.stop, step.status) == (
        "can be done again, running",
        "",
        Status.RUNNING,
    )
    await ends(here.room, UNDO)
    rows = shown(seen_of(here.room))
    assert rows.steps[0].says == f"done, took 1{NBSP}min"
    assert rows.progress == "1 of 1 step done"


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (UndoKind.IRREVERSIBLE, "cannot be undone"),
        (UndoKind.NONE, "needs no undo"),
        (UndoKind.COMPENSATION, "can be done again"),
    ],
)
def test_that_each_step_says_whether_it_could_be_taken_back(kind: UndoKind, says: str) -> None:
    @played
    async def scene() -> None:
        here = await fired()
        armed = here.rollback.armed
        steps = tuple(replace(step, undo=Undo(kind=kind)) for step in armed.steps)
        back = replace(here.rollback, armed=replace(armed, steps=steps))
        rows = shown(with_run(seen_of(here.room), rollback=back))
        assert rows.steps[0].says.startswith(says)

    scene()


@played
async def test_that_a_job_nobody_knows_of_is_unknown_and_a_person_says_what_became_of_it() -> None:
    here = await fired()
    await begin(here.room, UNDO)
    effect = job_of(here.room, UNDO).effect.id
    await here.room.moves(
        EffectSent(run=here.run, effect=effect),
        EffectUnknown(run=here.run, effect=effect, why="no answer"),
    )
    seen = come_to(here, RollbackEnding.UNKNOWN, ReconcileRow(item=UNDO, reason="is unknown"))
    rows = shown(seen)
    assert rows.title == "What runs is unknown"
    assert (rows.steps[0].status, rows.steps[0].says) == (
        Status.UNKNOWN,
        "nobody knows whether its job ran",
    )
    (repair,) = rows.repairs
    assert (repair.repair, repair.thing, repair.status) == (Repair.SETTLE, effect, Status.UNKNOWN)
    assert repair.sentence.startswith(repair.item)


@played
async def test_that_what_is_not_back_says_item_by_item_what_to_do() -> None:
    here = await begun(COUNTED)
    here.room.reads("rows", 100.0)
    await deploys(here.room, "pay")
    await here.fires()
    taken = ControlTotalTaken(
        run=here.run, total="rows", moment=TotalMoment.AFTER_ROLLBACK, value=93.0
    )
    found = here.room.run.steps[UNDO]
    failed = here.room.run.steps.set(UNDO, replace(found, state=StepState.FAILED))
    seen = come_to(
        here,
        RollbackEnding.PARTIAL,
        ReconcileRow(item="payments-api@prod", reason="should run 1.0"),
        ReconcileRow(item=UNDO, reason="undo step is failed"),
        ReconcileRow(item="rows", reason="differs by -7"),
    )
    rows = shown(with_run(seen, steps=failed, totals=(taken,)))
    assert (rows.title, rows.status) == ("Partly rolled back", Status.WARNING)
    assert [(row.item, row.repair) for row in rows.repairs] == [
        ("payments-api@prod", Repair.NONE),
        (UNDO, Repair.REPEAT),
        ("rows", Repair.CLOSE_TOTAL),
    ]
    assert "looked at again" in rows.repairs[0].todo
    waiting = shown(seen)
    assert waiting.repairs[1].repair is Repair.NONE
    assert waiting.repairs[1].todo == "It goes on when the night is taken up."


@played
async def test_that_rolled_back_is_said_only_once_it_is_and_leaves_nothing_to_do() -> None:
    here = await fired()
    seen = come_to(here, RollbackEnding.ROLLED_BACK, ReconcileRow(item="rows", reason="was closed"))
    rows = shown(seen)
    assert (rows.title, rows.is_back, rows.repairs) == ("Rolled back", True, ())
    assert (rows.can_stop, rows.can_go_on) == (False, False)
    over = shown(with_run(seen, outcome=RunOutcome.ROLLED_BACK))
    assert not over.can_stop


@played
async def test_that_a_partial_rollback_goes_on_once_somebody_takes_the_night_up() -> None:
    here = await fired()
    seen = come_to(here, RollbackEnding.PARTIAL)
    assert shown(seen, RollbackSight()).can_go_on
    assert not shown(seen).can_go_on
    assert shown(seen, RollbackSight(notice="not done")).notice == "not done"


@played
async def test_that_a_stopped_line_says_who_stopped_it_and_that_two_resume() -> None:
    here = await fired()
    await acts(here.room, StopLine(run=here.run, said=Said(note="wrong fleet")))
    rows = shown(seen_of(here.room))
    assert (rows.title, rows.status, rows.can_stop) == ("Rollback stopped", Status.HOLD, False)
    assert rows.stopped == "Stopped 20:01:00 by Mara: wrong fleet. Two people resume."
    stop = here.room.run.stop
    assert stop is not None
    bare = with_run(seen_of(here.room), stop=replace(stop, note=""))
    assert shown(bare).stopped == "Stopped 20:01:00 by Mara. Two people resume."


@played
async def test_that_a_rollback_fired_by_one_in_a_rehearsal_names_one() -> None:
    here = await fired()
    back = replace(here.rollback, second=None)
    assert shown(with_run(seen_of(here.room), rollback=back)).note == "fired 20:01:00 by Mara"


def counted(here: Night, after: float | None) -> Seen:
    """The night with control totals taken before and after the rollback."""
    taken = tuple(
        ControlTotalTaken(run=here.run, total="rows", moment=moment, value=value)
        for moment, value in ((TotalMoment.BEFORE, 100.0), (TotalMoment.AFTER_ROLLBACK, after))
    )
    return with_run(seen_of(here.room), totals=taken)


@played
async def test_that_a_total_that_differs_is_open_until_somebody_closed_it() -> None:
    here = await begun(COUNTED)
    here.room.reads("rows", 100.0)
    await deploys(here.room, "pay")
    await here.fires()
    (row,) = shown(counted(here, 93.0)).totals
    assert (row.title, row.amount, row.is_open) == ("Rows of the ledger", "differs by -7", True)
    assert row.says == "tolerance 0, nobody has closed it"
    assert row.key == "rows"
    assert "differs by -7" in row.sentence
    assert shown(counted(here, None)).totals[0].amount == "unknown"
    closed = TotalDifferenceClosed(
        run=here.run,
        total="rows",
        moment=TotalMoment.AFTER_ROLLBACK,
        cause="seven rows",
        correction="posted",
        owner=ASHA,
    )
    (row,) = shown(with_run(counted(here, 93.0), total_closings=(closed,))).totals
    assert (row.is_open, row.says, row.owner) == (False, "Asha owns it: seven rows; posted", ASHA)
