"""Which systems a night asks: its change, its checks, jobs and silences, and its way back."""

from dataclasses import replace
from datetime import timedelta

from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import ServiceId, StepId, SystemId
from relconsole.domain.night.systems_needed import systems_needed
from relconsole.domain.plan.runbook import (
    Check,
    JobRun,
    Runbook,
    Step,
    StepSilence,
    Undo,
    UndoKind,
)
from relconsole.domain.release.release import (
    ChangeReference,
    ControlTotal,
    Indicator,
    Release,
    RestorePoint,
    RollbackEdits,
)
from tests.unit.domain.night.nights import release

FIVE = plain(timedelta(minutes=5))


def job(system: str) -> JobRun:
    return JobRun(system=SystemId(system), job="it")


def bare(**changes: object) -> Release:
    """A release that names no system but where it is changed to."""
    nothing = replace(release(), change=None, indicators=(), rollback=RollbackEdits())
    return replace(nothing, **changes)  # type: ignore[arg-type]


def step(**changes: object) -> Step:
    return replace(Step(id=StepId("a"), title="A", duration=FIVE), **changes)  # type: ignore[arg-type]


def test_that_a_night_that_names_no_system_needs_none() -> None:
    assert systems_needed(bare(), Runbook(steps=(step(),))) == frozenset()


def test_that_a_night_needs_the_systems_of_its_steps() -> None:
    busy = step(
        run=job("ci"),
        undo=Undo(kind=UndoKind.INVERSE, run=job("undo-ci")),
        checks=(Check(id="c", system=SystemId("metrics"), query="q", below=1),),
        silence=StepSilence(
            system=SystemId("alerts"), services=(ServiceId("s"),), lasts=timedelta(minutes=1)
        ),
    )
    needed = systems_needed(bare(), Runbook(steps=(busy, step())))
    assert needed == {"ci", "undo-ci", "metrics", "alerts"}


def test_that_a_night_needs_what_its_release_measures_counts_and_goes_back_by() -> None:
    point = RestorePoint(id="r", before=StepId("a"), what="db", where="disk", take=job("backup"))
    total = ControlTotal(id="t", title="T", system=SystemId("ledger"), query="q")
    found = bare(
        change=ChangeReference(system=SystemId("itsm"), id="CHG-1"),
        indicators=(Indicator(id="i", title="I", system=SystemId("prom"), query="q"),),
        rollback=RollbackEdits(
            extra=(step(run=job("extra")),), restore_points=(point,), control_totals=(total,)
        ),
    )
    needed = systems_needed(found, Runbook())
    assert needed == {"itsm", "prom", "extra", "backup", "ledger"}
