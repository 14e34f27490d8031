"""The digest of the prepared rollback."""

from dataclasses import replace

from relconsole.domain.kernel.ids import Digest, EnvironmentId, ReleaseId, StepId, SystemId
from relconsole.domain.release.release import ControlTotal, RestorePoint
from relconsole.domain.rollback.build import build_rollback
from relconsole.domain.rollback.plan import RollbackPlan
from relconsole.domain.rollback.preflight import PlannedItem
from tests.unit.domain.rollback.rollbacks import API, BEGUN, release

SCRIPT = Digest("5" * 64)


def built() -> RollbackPlan:
    plan = build_rollback(release(), BEGUN, calls={StepId("undo-stop"): SCRIPT})
    assert isinstance(plan, RollbackPlan)
    return plan


def test_that_the_same_plan_has_the_same_digest() -> None:
    assert built().digest == built().digest


def test_that_the_digest_binds_all_that_the_rollback_rests_on() -> None:
    plan = built()
    others = [
        plan,
        replace(plan, release=ReleaseId("other")),
        replace(plan, covered=plan.covered[1:]),
        replace(plan, steps=plan.steps[1:]),
        replace(plan, steps=(replace(plan.steps[0], title="otherwise"), *plan.steps[1:])),
        replace(plan, calls={**plan.calls, StepId("undo-stop"): None}),
        replace(plan, undoes={}),
        replace(
            plan,
            items=(
                PlannedItem(
                    service=API,
                    environment=EnvironmentId("prod"),
                    before=("2.1",),
                    after="1.9",
                ),
            ),
        ),
        replace(
            plan,
            restore_points=(
                RestorePoint(id="r", before=StepId("stop"), what="ledger", where="vault"),
            ),
        ),
        replace(
            plan,
            control_totals=(
                ControlTotal(id="rows", title="Rows", system=SystemId("db"), query="count"),
            ),
        ),
    ]
    assert len({one.digest for one in others}) == len(others)


def test_that_an_unread_script_is_named_as_such() -> None:
    calls = built().calls
    assert calls[StepId("undo-stop")] == SCRIPT
    assert calls[StepId("undo-deploy-api")] is None
