"""What the rules of an edited plan take, a file takes too; what they refuse, a file refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from immutables import Map

from relconsole.adapters.formats.workspace import check_workspace, read_workspace, write_workspace
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.plan.runbook import Runbook, Step, StepKind, Undo, UndoKind
from relconsole.domain.release.release import Release
from relconsole.domain.rollback.change_plan import faults_of_change

EXAMPLE = Path(__file__).parents[3] / "resources/relconsole_resources/examples/sixty_steps"
MINUTE = timedelta(minutes=1)
Edit = Callable[[Step, Release], Step]


def changed(edit: Edit, kind: StepKind) -> tuple[Workspace, Release]:
    """The example with one step of a kind edited, and its release."""
    workspace = read_workspace(EXAMPLE)
    release = next(iter(workspace.releases.values()))
    at = next(at for at, step in enumerate(release.runbook.steps) if step.kind is kind)
    steps = list(release.runbook.steps)
    steps[at] = edit(steps[at], release)
    runbook = replace(release.runbook, steps=tuple(steps))
    return workspace, replace(release, runbook=runbook)


def faults(workspace: Workspace, release: Release, runbook: Runbook) -> bool:
    """Tell whether the rules find fault with a plan."""
    return bool(faults_of_change(release, runbook, workspace.estate.people))


TAKEN: dict[str, Edit] = {
    "title": lambda step, _: replace(step, title="Something else: # yes"),
    "no owner": lambda step, _: replace(step, owner=None),
    "range": lambda step, _: replace(
        step, duration=replace(step.duration, worst=step.duration.worst + MINUTE), silence=None
    ),
    "irreversible": lambda step, _: replace(step, undo=Undo(kind=UndoKind.IRREVERSIBLE)),
    "way back": lambda step, _: replace(
        step, undo=Undo(kind=UndoKind.COMPENSATION, duration=plain(MINUTE))
    ),
    "fixed start": lambda step, release: replace(step, not_before=release.window.end),
}
REFUSED: dict[str, Edit] = {
    "title": lambda step, _: replace(step, title=" "),
    "stranger": lambda step, _: replace(step, owner=PersonId("stranger")),
    "automated": lambda step, _: replace(step, kind=StepKind.AUTOMATED, run=None),
    "gate": lambda step, _: replace(
        step, kind=StepKind.GATE, undo=Undo(kind=UndoKind.NONE), stations=()
    ),
    "stations": lambda step, _: replace(step, stations=("API",)),
    "undo of a hold": lambda step, _: replace(
        step, kind=StepKind.HOLD, undo=Undo(kind=UndoKind.INVERSE, duration=plain(MINUTE))
    ),
    "inverse without time": lambda step, _: replace(step, undo=Undo(kind=UndoKind.INVERSE)),
    "irreversible with time": lambda step, _: replace(
        step, undo=Undo(kind=UndoKind.IRREVERSIBLE, duration=plain(MINUTE))
    ),
    "before the window": lambda step, release: replace(
        step, not_before=release.window.start - MINUTE
    ),
    "unknown before it": lambda step, _: replace(step, after=(StepId("nowhere"),)),
    "itself": lambda step, _: replace(step, after=(step.id,)),
}


@pytest.mark.parametrize("name", TAKEN)
def test_that_what_is_taken_reads_back_from_a_file_as_the_same(name: str, tmp_path: Path) -> None:
    workspace, release = changed(TAKEN[name], StepKind.MANUAL)
    assert not faults(workspace, release, release.runbook)
    edited = replace(workspace, releases=Map(workspace.releases).set(release.id, release))
    write_workspace(edited, tmp_path)
    assert read_workspace(tmp_path).releases[release.id].runbook == release.runbook


@pytest.mark.parametrize("name", REFUSED)
def test_that_what_is_refused_is_refused_in_a_file_too(name: str, tmp_path: Path) -> None:
    workspace, release = changed(REFUSED[name], StepKind.MANUAL)
    assert faults(workspace, release, release.runbook)
    edited = replace(workspace, releases=Map(workspace.releases).set(release.id, release))
    write_workspace(edited, tmp_path)
    assert check_workspace(tmp_path)
