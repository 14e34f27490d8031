"""The night of the scenes with two relief steps: a page by a job, and a switch by hand."""

from __future__ import annotations

from dataclasses import replace

from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import PersonId, StepId, SystemId
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.step_commands import EndStep, Said, StartStep
from relconsole.domain.plan.runbook import (
    Check,
    JobRun,
    Runbook,
    Step,
    StepKind,
    Undo,
    UndoKind,
)
from tests.unit.domain.night import scenes
from tests.unit.domain.night.nights import Bridge, bridge
from tests.unit.domain.night.scenes import ASHA, RUN, minutes

PAGE, OFF, SWITCH = StepId("page"), StepId("undo-page"), StepId("switch")
CI = SystemId("ci")


def relief() -> tuple[Step, ...]:
    """A page of Asha's that a job shows and takes down, and a switch that nobody turns back."""
    return (
        Step(
            id=PAGE,
            title="Show the page",
            owner=ASHA,
            kind=StepKind.AUTOMATED,
            run=JobRun(system=CI, job="page"),
            checks=(Check(id="shown", system=SystemId("metrics"), query="page", above=0.5),),
            duration=plain(minutes(1)),
            undo=Undo(
                kind=UndoKind.INVERSE,
                duration=plain(minutes(1)),
                run=JobRun(system=CI, job="no-page"),
            ),
        ),
        Step(id=SWITCH, title="Switch accounts off", duration=plain(minutes(1))),
    )


def relieved(*, rehearsal: bool = False) -> Bridge:
    """A night under a lease whose plan has relief."""
    return bridge(runbook(), rehearsal=rehearsal)


def runbook() -> Runbook:
    """The plan of the scenes with relief."""
    return replace(scenes.runbook(), relief=relief())


def use(step: StepId, *, note: str = "", for_person: str | None = None) -> StartStep:
    """The command that uses relief, or turns it off."""
    whose = None if for_person is None else PersonId(for_person)
    return StartStep(run=RUN, step=step, said=Said(note=note, for_person=whose))


def ended(step: StepId, state: StepState = StepState.DONE, note: str = "") -> EndStep:
    """The command that ends relief."""
    return EndStep(run=RUN, step=step, state=state, said=Said(note=note))


def turned_on(night: Bridge) -> Bridge:
    """The same night with its page shown."""
    night.does(use(PAGE), by=ASHA)
    night.succeeds(PAGE)
    step = night.run.find_step(PAGE)
    assert step is not None
    night.passes(step)
    night.does(ended(PAGE), by=ASHA)
    return night
