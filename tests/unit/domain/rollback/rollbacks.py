"""A release of two services for the tests of the prepared rollback."""

from immutables import Map

from relconsole.domain.kernel.ids import (
    EnvironmentId,
    PersonId,
    ReleaseId,
    ServiceId,
    StepId,
    SystemId,
)
from relconsole.domain.plan.runbook import JobRun, Runbook, Step, StepKind, Undo, UndoKind
from relconsole.domain.release.release import Item, Release, RollbackEdits
from tests.unit.domain.plan.plans import IRREVERSIBLE, NO_UNDO, WINDOW, lasting, step, undo

API, SHOP, BATCH = ServiceId("api"), ServiceId("shop"), ServiceId("batch")


def deploy(name: str, service: ServiceId, *after: str) -> Step:
    def run(version: str) -> JobRun:
        return JobRun(
            system=SystemId("ci"),
            job="deploy",
            parameters=Map({"service": service, "version": version}),
        )

    return Step(
        id=StepId(name),
        title=f"Deploy {service}",
        duration=lasting(8),
        kind=StepKind.AUTOMATED,
        owner=PersonId("jo"),
        after=tuple(StepId(one) for one in after),
        run=run("2.1"),
        undo=Undo(kind=UndoKind.INVERSE, duration=lasting(3), run=run("2.0")),
    )


STEPS = (
    step("stop", 5, back=undo(4)),
    deploy("deploy-api", API, "stop"),
    step("gate", 1, "deploy-api", back=NO_UNDO),
    deploy("deploy-shop", SHOP, "gate"),
    deploy("deploy-batch", BATCH, "stop"),
    step("drop", 9, "deploy-shop", back=IRREVERSIBLE),
)
BEGUN = frozenset(one.id for one in STEPS[:-1])


def release(
    *steps: Step,
    items: tuple[Item, ...] = (
        Item(service=API, from_version="2.0", to_version="2.1"),
        Item(service=SHOP, from_version="7.0", to_version="7.1"),
        Item(service=BATCH, from_version="1.0", to_version="1.1"),
    ),
    edits: RollbackEdits | None = None,
) -> Release:
    return Release(
        id=ReleaseId("core"),
        title="Core",
        environment=EnvironmentId("prod"),
        window=WINDOW,
        zone="UTC",
        commander=PersonId("mara"),
        requester=PersonId("tomas"),
        items=items,
        runbook=Runbook(steps=steps or STEPS),
        rollback=edits or RollbackEdits(),
    )
