"""The modest workbook on its way into the console, for presenters and for the screen."""

from dataclasses import replace

from relconsole.domain.console.taking_in.intake import Intake
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.plan.runbook import StepKind, UndoKind
from relconsole.domain.plan.taking_in.answers import Answer, Answers
from relconsole.domain.plan.taking_in.cells import Workbook
from relconsole.domain.plan.taking_in.mapping import (
    AfterNames,
    Column,
    Field,
    SheetMapping,
    Unit,
)
from relconsole.services.take_in import Asked, prepare_intake
from relconsole_ui.presenters.importing import ImportRows, present_import
from tools.make_modest import HEADER, modest_workbook

COLUMNS = (
    ("No", Field.NUMBER),
    ("Task", Field.TITLE),
    ("Team", Field.STREAM),
    ("Resp.", Field.OWNER),
    ("Start", Field.PLANNED_START),
    ("Min", Field.DURATION),
    ("Pred.", Field.AFTER),
    ("Type", Field.KIND),
    ("Stations", Field.STATIONS),
    ("Way back", Field.UNDO),
    ("Back (min)", Field.UNDO_DURATION),
    ("How back", Field.UNDO_TITLE),
    ("Remark", Field.NOTE),
    ("Status", Field.NOTHING),
)
MAPPING = SheetMapping(
    team="Warehouse programme",
    sheet="Cutover",
    header_row=HEADER,
    columns=tuple(Column(heading=heading, becomes=becomes) for heading, becomes in COLUMNS),
    numbers=Unit.MINUTES,
    after_names=AfterNames.NUMBER,
    no_kind=StepKind.MANUAL,
    no_undo=UndoKind.NONE,
)
ANSWERS = Answers(
    given=(
        Answer(sheet="Cutover", column=4, row=22, value="Karim/Lena", answer="karim"),
        Answer(sheet="Cutover", column=7, row=28, value="see mail", answer="22"),
        Answer(sheet="Cutover", column=5, row=35, value="0:50", answer="00:50"),
    )
)


def without_release(workbook: Workbook) -> Workbook:
    """The workbook of a team that keeps nothing but its steps."""
    return replace(workbook, sheets=workbook.sheets[:1])


def intake(
    workbook: Workbook | None = None,
    mapping: SheetMapping = MAPPING,
    answers: Answers | None = None,
    workspace: Workspace | None = None,
) -> Intake:
    asked = Asked(mapping=mapping, answers=answers or Answers())
    return prepare_intake(workbook or modest_workbook(), workspace or Workspace(), asked)


def rows(found: Intake, mapping: SheetMapping = MAPPING, *, is_kept: bool = True) -> ImportRows:
    return present_import(modest_workbook(), mapping, found, is_kept=is_kept)
