"""What a dry run asks a reason for, and what no reason lifts."""

from dataclasses import replace

from relconsole.domain.kernel.ids import ServiceId
from relconsole.domain.night.dry_run import DRY_RUN_LIFE, DryRun
from tests.unit.domain.night.scenes import RUN, at, fleet_row, minutes

PLANNED = fleet_row()
DIFFERS = replace(PLANNED, service=ServiceId("ledger"), ok=False, says="1 runs 2.29.9")
UNSEEN = replace(DIFFERS, observed=(), says="no answer")


def dry(**changed: object) -> DryRun:
    return replace(DryRun(run=RUN, at=at(0), fleet=(PLANNED,)), **changed)  # type: ignore[arg-type]


def test_that_a_planned_fleet_with_a_rehearsal_behind_it_asks_nothing() -> None:
    assert dry().asks_reason == ()
    assert dry().forbids == ()


def test_that_decay_and_drift_ask_for_a_reason_and_forbid_nothing() -> None:
    found = dry(fleet=(PLANNED, DIFFERS), decayed=("never rehearsed",))
    assert found.asks_reason == ("never rehearsed", "ledger@prod: 1 runs 2.29.9")
    assert found.forbids == ()


def test_that_a_fleet_that_nobody_sees_is_lifted_by_no_reason() -> None:
    found = dry(fleet=(PLANNED, UNSEEN))
    assert found.asks_reason == ()
    assert found.forbids == ("ledger@prod is unknown: no answer",)


def test_that_no_way_back_forbids() -> None:
    assert dry(why=("nothing was started yet",)).forbids == ("nothing was started yet",)


def test_that_it_is_relied_on_for_five_minutes() -> None:
    assert not dry().is_stale(at(5))
    assert dry().is_stale(at(5) + minutes(0.01))
    assert minutes(5) == DRY_RUN_LIFE
