"""A workbook becomes a release of the workspace, with the people and services that it brings.

Nothing is written here: what comes of a workbook is prepared as often as a person likes, and only a
whole one becomes the command that imports it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.console.difference import difference
from relconsole.domain.console.taking_in.contacts import Roster, add_contacts, roster_of
from relconsole.domain.console.taking_in.heading import Heading, heading_of, missing_of
from relconsole.domain.console.taking_in.intake import Intake
from relconsole.domain.console.taking_in.release_sheet import (
    ReleaseSheet,
    Surroundings,
    keys_of,
    read_release,
    with_states,
    zone_of,
)
from relconsole.domain.console.taking_in.service_list import ServiceList, read_services
from relconsole.domain.console.taking_in.table import Margin
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.catalogue import Environment, Estate
from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import ReleaseId
from relconsole.domain.kernel.refusal import Reason, Refusal
from relconsole.domain.plan.runbook import Step
from relconsole.domain.plan.taking_in.answers import Answers
from relconsole.domain.plan.taking_in.cells import Sheet, Workbook
from relconsole.domain.plan.taking_in.difference import RunbookDifference, compare_steps
from relconsole.domain.plan.taking_in.mapping import SheetMapping
from relconsole.domain.plan.taking_in.problem import CellProblem, Choice
from relconsole.domain.plan.taking_in.steps import Known
from relconsole.domain.plan.taking_in.take import TakenIn, take_in
from relconsole.domain.release.release import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a workbook is to be read: its mapping, the answers so far, and what a person gave.

    ``heading`` comes before what the workbook says of the release.
    """

    mapping: SheetMapping
    answers: Answers = field(default_factory=Answers)
    heading: Heading = field(default_factory=Heading)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What the sheets beside the runbook came to."""

    heading: Heading
    standing: Release | None
    roster: Roster
    services: ServiceList
    written: ReleaseSheet


def prepare_intake(workbook: Workbook, workspace: Workspace, asked: Asked) -> Intake:
    """Give what a workbook would make of a workspace, and all that has to be asked first."""
    margin = Margin()
    around = _read_around(workbook, workspace, asked, margin)
    sheet = workbook.find(asked.mapping.sheet)
    present = () if around.standing is None else around.standing.runbook.steps
    known = Known(
        book=around.roster.book,
        frame=around.heading.frame,
        services=around.services.services,
        present={step.id: step for step in present},
    )
    taken = take_in(sheet or Sheet(name=""), asked.mapping, known, asked.answers)
    choices = (*missing_of(around.heading), *taken.choices)
    if sheet is None:
        names = ", ".join(it.name for it in workbook.sheets)
        question = (
            f"There is no sheet “{asked.mapping.sheet}”. Which one holds the runbook: {names}?"
        )
        choices = (Choice(key="sheet", question=question),)
    problems = (*margin.problems, *taken.problems)
    choices = _not_asked_elsewhere(choices, problems)
    said = around.heading.as_release()
    is_open = bool(choices or problems)
    after = None
    if said is not None and not is_open:
        after = _joined(workspace, _release(said, around, taken), around)
    return Intake(
        sheet=sheet or Sheet(name=asked.mapping.sheet),
        heading=around.heading,
        taken=taken,
        problems=problems,
        choices=choices,
        remarks=(*margin.remarks, *taken.remarks),
        roster=around.roster,
        steps=_difference(present, taken),
        changes=difference(workspace, after or workspace),
        workspace=after,
    )


def _difference(present: tuple[Step, ...], taken: TakenIn) -> RunbookDifference:
    """Give what would change of the plan, the steps that are still open left aside."""
    if not taken.rows:
        return RunbookDifference()
    is_open = {row.id for row in taken.rows if row.step is None}
    return compare_steps((step for step in present if step.id not in is_open), taken.steps)


def command_for(intake: Intake) -> ImportWorkspace | Refusal:
    """Give the command that takes an intake in; a refusal with what is open, or would be lost."""
    reasons = tuple(_reasons(intake))
    if reasons:
        return Refusal(reasons=reasons)
    if intake.workspace is None:
        raise Bug("an intake without a question has its workspace")
    return ImportWorkspace(workspace=intake.workspace)


def _read_around(workbook: Workbook, workspace: Workspace, asked: Asked, margin: Margin) -> _Around:
    """Give what the workbook says besides the runbook."""
    mapping, answers, estate = asked.mapping, asked.answers, workspace.estate
    keys = keys_of(workbook.find(mapping.release_sheet), answers, margin)
    zone = asked.heading.zone or zone_of(keys)
    roster = roster_of(estate)
    contacts = workbook.find(mapping.contacts_sheet)
    add_contacts(roster, contacts, zone or "UTC", answers, margin)
    listed = workbook.find(mapping.services_sheet)
    services = read_services(listed, estate.services, roster, answers, margin)
    standing = workspace.releases.get(asked.heading.id or ReleaseId(""))
    own_zone = zone or (standing.zone if standing is not None else None)
    surroundings = Surroundings(
        book=roster.book, environments=estate.environments, systems=workspace.systems
    )
    written = read_release(keys, own_zone, surroundings)
    heading = asked.heading.over(written.heading)
    standing = workspace.releases.get(heading.id or ReleaseId(""))
    if standing is not None:
        heading = with_states(heading.over(heading_of(standing)), standing.change)
    return _Around(
        heading=heading, standing=standing, roster=roster, services=services, written=written
    )


def _not_asked_elsewhere(
    choices: tuple[Choice, ...], problems: tuple[CellProblem, ...]
) -> tuple[Choice, ...]:
    """Give the choices but for the window, which the heading asks for, and what a cell is asked."""
    asked = {"window", *(it.field for it in problems)}
    return tuple(it for it in choices if it.key not in asked)


def _joined(workspace: Workspace, release: Release, around: _Around) -> Workspace:
    """Give the workspace with the release in it, and what the workbook brings with it."""
    estate = workspace.estate
    environments = dict(estate.environments)
    if release.environment not in environments:
        new = around.written.environment
        is_written = new is not None and new.id == release.environment
        plain = Environment(id=release.environment, name=release.environment)
        environments[release.environment] = new if new is not None and is_written else plain
    return replace(
        workspace,
        estate=Estate(
            teams=dict(around.roster.teams),
            people=dict(around.roster.people),
            environments=environments,
            services=around.services.services,
            dependencies=estate.dependencies,
        ),
        releases={**workspace.releases, release.id: release},
    )


def _release(said: Release, around: _Around, taken: TakenIn) -> Release:
    """Give the release: as it stands, with what the workbook says of it."""
    standing = around.standing or said
    return replace(
        standing,
        title=said.title,
        type=said.type,
        environment=said.environment,
        window=said.window,
        zone=said.zone,
        commander=said.commander,
        requester=said.requester,
        authors=said.authors,
        scribe=said.scribe,
        change=said.change,
        bridge=said.bridge,
        items=around.services.items_over(standing.items),
        runbook=replace(standing.runbook, steps=taken.steps),
    )


def _reasons(intake: Intake) -> Iterator[Reason]:
    """Give why a workbook cannot be taken in as it is."""
    for choice in intake.choices:
        yield Reason(rule="choice_open", thing=choice.key, says=choice.question, lifts="choose one")
    for problem in intake.problems:
        yield Reason(
            rule="cell_not_understood",
            thing=problem.place,
            says=f"“{problem.value}”: {problem.question}",
            lifts="answer it, or correct the sheet",
        )
    release = None
    if intake.workspace is not None and intake.heading.id is not None:
        release = intake.workspace.releases.get(intake.heading.id)
    if release is not None:
        yield from _named_but_gone(release, intake.steps)


def _named_but_gone(release: Release, steps: RunbookDifference) -> Iterator[Reason]:
    """Give each removed step that the release still names elsewhere."""
    named: dict[str, str] = {
        **{it.before: f"the restore point {it.id}" for it in release.rollback.restore_points},
        **{
            step: f"the indicator {it.id}"
            for it in release.indicators
            for step in it.suppressed_during
        },
        **{it.undo: "an edit of the rollback" for it in release.rollback.edits},
    }
    for step in steps.removed:
        for name in (step, f"undo-{step}"):
            if name in named:
                yield Reason(
                    rule="step_is_named",
                    thing=step,
                    says=f"{step} is not in the sheet, and {named[name]} names it",
                    lifts="keep the step, or change what names it first",
                )
