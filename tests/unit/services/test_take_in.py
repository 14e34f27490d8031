"""A workbook becomes a release of the workspace, whole or not at all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.console.taking_in.giving_out import give_out
from relconsole.domain.console.taking_in.heading import Heading
from relconsole.domain.console.taking_in.intake import Intake
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.connections import System
from relconsole.domain.estate.people import Reach
from relconsole.domain.kernel.durations import ThreePoint, plain
from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import (
    EnvironmentId,
    PersonId,
    ReleaseId,
    ServiceId,
    StepId,
    SystemId,
)
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.plan.runbook import Mode, Step, StepKind, Undo, UndoKind
from relconsole.domain.plan.taking_in.cells import Sheet, Workbook, text_cell
from relconsole.domain.plan.taking_in.mapping import AfterNames, Column, Field, SheetMapping
from relconsole.domain.plan.taking_in.plain_layout import PLAIN_LAYOUT
from relconsole.domain.release.release import (
    Bridge,
    ChangeReference,
    DialIn,
    Indicator,
    Item,
    Release,
    RestorePoint,
    RollbackEdits,
    UndoEdit,
)
from relconsole.services.take_in import Asked, command_for, prepare_intake
from tests.unit.domain.plan.taking_in.sheets import answers, clock, grid, minutes, wall

HEAD = [it.heading for it in PLAIN_LAYOUT.columns]
RELEASE_ROWS: tuple[Sequence[object], ...] = (
    ["Title", "Warehouse 8"],
    ["Environment", "Production"],
    ["Zone", "Europe/Berlin"],
    ["Window start", wall(2027, 3, 13, 21)],
    ["Window end", wall(2027, 3, 14, 4)],
    ["Commander", "Greta Lindholm"],
    ["Requester", "Ines Moreau"],
)
CONTACTS = (["Name", "Team"], ["Greta Lindholm", "IT"], ["Ines Moreau", "Logistics"])
SERVICES = (["Service", "Team", "From", "To"], ["Stock DB", "IT", "7", "8"])


def step_row(number: int, title: str, **more: object) -> list[object]:
    values = {"Nr": number, "Title": title, "Kind": "manual", "Duration": minutes(5)} | more
    values.setdefault("Undo", "none")
    values.setdefault("Owner", "greta")
    return [values.get(heading) for heading in HEAD]


STEPS = (
    step_row(1, "Open", Kind="communication", Undo=None),
    step_row(
        2, "Stop", After=1, Start=clock(21, 5), Undo="inverse", **{"Undo duration": minutes(2)}
    ),
    step_row(3, "Go", After=2, Kind="gate", Stations="IT, DB", Quorum=2, Undo=None),
)


def book(*steps: Sequence[object], release: Sequence[Sequence[object]] = RELEASE_ROWS) -> Workbook:
    return Workbook(
        name="plan.xlsx",
        sheets=(
            grid(HEAD, *steps, name="Runbook"),
            grid(*release, name="Release"),
            grid(*CONTACTS, name="Contacts"),
            grid(*SERVICES, name="Services"),
        ),
    )


def prepare(
    workbook: Workbook,
    workspace: Workspace | None = None,
    heading: Heading | None = None,
    mapping: SheetMapping = PLAIN_LAYOUT,
) -> Intake:
    asked = Asked(mapping=mapping, heading=heading or Heading())
    return prepare_intake(workbook, workspace or Workspace(), asked)


def founded(*steps: Sequence[object]) -> Workspace:
    command = command_for(prepare(book(*(steps or STEPS))))
    assert isinstance(command, ImportWorkspace), command
    return command.workspace


def test_that_a_workbook_alone_founds_an_estate() -> None:
    workspace = founded()
    release = workspace.releases[ReleaseId("warehouse-8")]
    assert [step.id for step in release.runbook.steps] == ["1", "2", "3"]
    assert release.window.start == datetime(2027, 3, 13, 20, tzinfo=UTC)
    assert release.items == (Item(service=ServiceId("stock-db"), from_version="7", to_version="8"),)
    estate = workspace.estate
    assert set(estate.people) == {"greta", "ines"}
    assert set(estate.teams) == {"it", "logistics"}
    assert set(estate.environments) == {"production"}
    assert set(estate.services) == {"stock-db"}


def test_that_the_same_workbook_again_changes_nothing() -> None:
    intake = prepare(book(*STEPS), founded())
    assert intake.is_whole
    assert intake.steps.is_empty
    assert intake.changes.changes == ()


def test_that_another_step_is_the_only_difference() -> None:
    workspace = founded()
    intake = prepare(book(*STEPS[:2], step_row(9, "Tell", After=2)), workspace)
    assert (intake.steps.added, intake.steps.removed) == (("9",), ("3",))
    assert [(it.kind, it.id) for it in intake.changes.changes] == [("releases", "warehouse-8")]
    assert isinstance(command_for(intake), ImportWorkspace)


def test_that_what_the_workspace_holds_besides_stays() -> None:
    workspace = founded()
    system = System(id=SystemId("itsm"), plugin="files")
    release = workspace.releases[ReleaseId("warehouse-8")]
    other = replace(release, id=ReleaseId("other"))
    richer = replace(
        workspace, systems={system.id: system}, releases={**workspace.releases, other.id: other}
    )
    intake = prepare(book(*STEPS), richer)
    assert intake.changes.changes == ()
    assert intake.workspace is not None
    assert intake.workspace.releases[other.id] == other


def test_that_an_open_cell_keeps_everything_out() -> None:
    intake = prepare(book(step_row(1, "Open", Duration="soon"), *STEPS[1:]))
    assert intake.workspace is None
    refused = command_for(intake)
    assert isinstance(refused, Refusal)
    assert [(it.rule, it.thing) for it in refused.reasons] == [
        ("cell_not_understood", "Runbook!J2")
    ]
    said = answers({"J2": ("soon", "8m")}, "Runbook")
    asked = Asked(mapping=PLAIN_LAYOUT, answers=said)
    again = prepare_intake(book(step_row(1, "Open", Duration="soon")), Workspace(), asked)
    assert again.is_whole


def test_that_an_open_step_is_not_shown_as_removed() -> None:
    workspace = founded()
    intake = prepare(book(step_row(1, "Open", Duration="soon"), *STEPS[1:]), workspace)
    assert intake.steps.is_empty


def test_that_a_heading_that_is_missing_is_asked_for() -> None:
    intake = prepare(book(*STEPS, release=()))
    refused = command_for(intake)
    assert isinstance(refused, Refusal)
    assert {it.rule for it in refused.reasons} == {"choice_open"}
    assert "window" not in {it.thing for it in refused.reasons}
    assert "release.window_start" in {it.thing for it in refused.reasons}


def test_that_a_cell_of_the_heading_is_asked_about_once() -> None:
    rows = [["Zone", "Berlin"], *(row for row in RELEASE_ROWS if row[0] != "Zone")]
    intake = prepare(book(*STEPS, release=rows))
    assert [it.field for it in intake.problems] == ["release.zone"]
    assert "release.zone" not in {it.key for it in intake.choices}


def test_that_what_a_person_gives_comes_before_the_workbook() -> None:
    given = Heading(
        id=ReleaseId("own"),
        title="Own",
        zone="UTC",
        environment=EnvironmentId("production"),
        window_end=datetime(2027, 3, 14, 9, tzinfo=UTC),
    )
    intake = prepare(book(*STEPS), founded(), heading=given)
    assert intake.workspace is not None
    release = intake.workspace.releases[ReleaseId("own")]
    assert (release.title, release.zone) == ("Own", "UTC")
    assert release.window.start == datetime(2027, 3, 13, 21, tzinfo=UTC)


def test_that_a_release_that_stands_needs_no_sheet_of_its_own() -> None:
    workspace = founded()
    runbook = Workbook(name="plan.csv", sheets=(grid(HEAD, *STEPS, name="Runbook"),))
    intake = prepare(runbook, workspace, heading=Heading(id=ReleaseId("warehouse-8")))
    assert intake.is_whole
    assert intake.changes.changes == ()


def test_that_the_environment_that_a_person_gives_is_founded_and_no_other() -> None:
    given = Heading(environment=EnvironmentId("other"))
    intake = prepare(book(*STEPS), heading=given)
    assert intake.workspace is not None
    assert set(intake.workspace.estate.environments) == {"other"}


def test_that_a_sheet_that_is_not_there_is_asked_for() -> None:
    mapping = replace(PLAIN_LAYOUT, sheet="Cutover")
    intake = prepare(book(*STEPS), mapping=mapping)
    assert [it.key for it in intake.choices] == ["sheet"]
    assert "Runbook, Release" in intake.choices[0].question
    assert intake.steps.is_empty


@pytest.mark.parametrize(
    ("named", "by"),
    [
        (
            {"rollback": RollbackEdits(edits=(UndoEdit(undo=StepId("undo-2"), title="x"),))},
            "an edit of the rollback",
        ),
        (
            {
                "rollback": RollbackEdits(
                    restore_points=(
                        RestorePoint(id="r", before=StepId("2"), what="db", where="disk"),
                    )
                )
            },
            "the restore point r",
        ),
        (
            {
                "indicators": (
                    Indicator(
                        id="p95",
                        title="p95",
                        system=SystemId("metrics"),
                        query="q",
                        suppressed_during=(StepId("2"),),
                    ),
                )
            },
            "the indicator p95",
        ),
    ],
)
def test_that_a_step_that_is_named_elsewhere_is_not_lost(named: dict[str, object], by: str) -> None:
    workspace = founded()
    release = replace(workspace.releases[ReleaseId("warehouse-8")], **named)  # type: ignore[arg-type]
    held = replace(workspace, releases={release.id: release})
    refused = command_for(prepare(book(STEPS[0]), held))
    assert isinstance(refused, Refusal)
    assert [(it.rule, it.says) for it in refused.reasons] == [
        ("step_is_named", f"2 is not in the sheet, and {by} names it")
    ]


def test_that_an_intake_without_question_and_without_workspace_is_a_bug() -> None:
    intake = replace(prepare(book(*STEPS)), workspace=None)
    with pytest.raises(Bug):
        command_for(intake)


# A plan that is given out.


def rich_release(workspace: Workspace) -> Release:
    """A release in which each field of a step that a sheet can hold says something."""
    release = workspace.releases[ReleaseId("warehouse-8")]
    first, second, gate = release.runbook.steps
    steps = (
        replace(first, id=StepId("open-the-bridge"), note="=HYPERLINK(1)\nby hand"),
        replace(
            second,
            id=StepId("01"),
            title="=2+3",
            after=(StepId("open-the-bridge"),),
            duration=ThreePoint(best=minutes(1), likely=minutes(90), worst=timedelta(hours=30)),
            not_before=datetime(2027, 3, 13, 22, 0, 30, tzinfo=UTC),
            mode=Mode.READ_DO,
            services=(ServiceId("stock-db"),),
            changes_data=True,
            undo=Undo(
                kind=UndoKind.COMPENSATION, duration=plain(timedelta(seconds=90.5)), title="x"
            ),
        ),
        replace(gate, after=(StepId("open-the-bridge"), StepId("01")), quorum=None),
        Step(id=StepId("9"), title="End", duration=plain(minutes(1)), after=(gate.id,)),
        Step(
            id=StepId("10"),
            title="Drop",
            duration=plain(minutes(1)),
            after=(StepId("9"),),
            undo=Undo(kind=UndoKind.IRREVERSIBLE),
            kind=StepKind.MANUAL,
            owner=PersonId("ines"),
        ),
    )
    return replace(
        release,
        authors=(PersonId("ines"),),
        scribe=PersonId("greta"),
        change=ChangeReference(system=SystemId("itsm"), id="C-1"),
        bridge=Bridge(dial_in=(DialIn(country="de", number="+49 1"),), link="http://x", backup="y"),
        runbook=replace(release.runbook, steps=steps),
    )


def rich_workspace() -> Workspace:
    workspace = founded()
    greta = workspace.estate.people[PersonId("greta")]
    people = {
        **workspace.estate.people,
        greta.id: replace(greta, reach=(Reach(way="phone", value="+49 40 5550 711"),), team=None),
    }
    system = System(id=SystemId("itsm"), plugin="files")
    release = rich_release(workspace)
    return replace(
        workspace,
        estate=replace(workspace.estate, people=people),
        systems={system.id: system},
        releases={release.id: release},
    )


OWN_LAYOUT = replace(
    PLAIN_LAYOUT,
    sheet="Cutover",
    header_row=4,
    columns=(
        Column(heading="Ampel", becomes=Field.NOTHING),
        Column(letters="B", heading="Was", becomes=Field.TITLE),
        Column(heading="Nr", becomes=Field.NUMBER),
        Column(heading="Dauer", becomes=Field.DURATION),
        Column(heading="Vorg.", becomes=Field.AFTER),
        Column(heading="Art", becomes=Field.KIND),
        Column(heading="Zurück", becomes=Field.UNDO),
        Column(heading="Dauer zurück", becomes=Field.UNDO_DURATION),
    ),
    after_names=AfterNames.ROW,
    kinds={"Freigabe": StepKind.GATE},
    undos={"kein Zurück": UndoKind.IRREVERSIBLE},
)


@pytest.mark.parametrize("mapping", [PLAIN_LAYOUT, OWN_LAYOUT], ids=["plain", "own"])
def test_that_a_plan_given_out_and_taken_in_again_is_the_same(mapping: SheetMapping) -> None:
    workspace = rich_workspace()
    release = workspace.releases[ReleaseId("warehouse-8")]
    workbook = give_out(release, workspace, mapping)
    # A step whom nobody owns is asked about, as in any sheet.
    asked = Asked(mapping=mapping, answers=answers({"D": ("", "nobody")}, mapping.sheet))
    intake = prepare_intake(workbook, workspace, asked)
    assert intake.problems == ()
    assert intake.choices == ()
    assert intake.steps.is_empty, intake.steps
    assert intake.changes.changes == ()


def test_that_a_plan_longer_than_its_window_has_no_starts_outside() -> None:
    workspace = founded()
    release = workspace.releases[ReleaseId("warehouse-8")]
    steps = release.runbook.steps
    long = replace(steps[0], duration=plain(timedelta(hours=8)))
    late = replace(release, runbook=replace(release.runbook, steps=(long, *steps[1:])))
    sheet = give_out(late, workspace, PLAIN_LAYOUT).sheets[0]
    column = HEAD.index("Start") + 1
    assert not sheet.at(2, column).is_empty
    assert sheet.at(3, column).is_empty


def test_that_people_of_one_name_are_given_out_by_their_ids() -> None:
    workspace = founded()
    greta = workspace.estate.people[PersonId("greta")]
    twin = replace(greta, id=PersonId("greta2"))
    people = {**workspace.estate.people, twin.id: twin}
    both = replace(workspace, estate=replace(workspace.estate, people=people))
    release = both.releases[ReleaseId("warehouse-8")]
    unknown = replace(release, scribe=PersonId("gone"), items=(Item(service=ServiceId("gone")),))
    workbook = give_out(unknown, both, PLAIN_LAYOUT)
    rows = {cell.text for cell in workbook.sheets[1].cells.values()}
    assert {"greta", "gone", "Ines Moreau"} <= rows
    assert workbook.sheets[3].last_row == 1


def test_that_a_time_shown_twice_is_given_out_with_its_offset() -> None:
    workspace = founded()
    release = workspace.releases[ReleaseId("warehouse-8")]
    window = replace(
        release.window,
        start=datetime(2026, 10, 24, 20, tzinfo=UTC),
        end=datetime(2026, 10, 25, 4, tzinfo=UTC),
    )
    at = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    steps = tuple(replace(step, not_before=at) for step in release.runbook.steps)
    autumn = replace(release, window=window, runbook=replace(release.runbook, steps=steps))
    held = replace(workspace, releases={autumn.id: autumn})
    workbook = give_out(autumn, held, PLAIN_LAYOUT)
    assert workbook.sheets[0].at(2, HEAD.index("Fixed start") + 1) == text_cell(
        "2026-10-25T02:30:00+01:00"
    )
    assert prepare(workbook, held).steps.is_empty


def test_that_an_empty_sheet_is_given_out_for_a_plan_without_steps() -> None:
    workspace = founded()
    release = workspace.releases[ReleaseId("warehouse-8")]
    empty = replace(release, runbook=replace(release.runbook, steps=()))
    sheet: Sheet = give_out(empty, workspace, PLAIN_LAYOUT).sheets[0]
    assert sheet.last_row == 1
