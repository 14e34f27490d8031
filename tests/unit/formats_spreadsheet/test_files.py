"""Mapping files, files of answers, and workbooks as they are written."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from relconsole.adapters.formats.spreadsheet import (
    read_answers,
    read_mapping,
    read_workbook,
    write_mapping,
    write_release,
)
from relconsole.adapters.formats.spreadsheet.kept import KeptWorkbooks
from relconsole.adapters.formats.spreadsheet.mapping_file import write_answers
from relconsole.adapters.formats.spreadsheet.write import FORMULA_LEADS, xlsx_bytes
from relconsole.adapters.formats.workspace import read_workspace
from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.console.taking_in.giving_out import give_out
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.kernel.errors import InputRejected
from relconsole.domain.kernel.ids import ReleaseId, StepId
from relconsole.domain.plan.runbook import StepKind, UndoKind
from relconsole.domain.plan.taking_in.answers import Answer, Answers
from relconsole.domain.plan.taking_in.cells import Sheet, Workbook, text_cell
from relconsole.domain.plan.taking_in.mapping import (
    AfterNames,
    Column,
    Field,
    NoAfter,
    SheetMapping,
    Unit,
)
from relconsole.domain.plan.taking_in.plain_layout import PLAIN_LAYOUT
from relconsole.services.take_in import Asked, command_for, prepare_intake
from tests.unit.domain.plan.taking_in.sheets import area, clock, grid, wall
from tools.make_modest import modest_workbook

EXAMPLES = Path(__file__).parents[3] / "resources/relconsole_resources/examples"
ANSWERS = Answers(
    given=(
        Answer(sheet="Cutover", column=4, row=22, value="Karim/Lena", answer="karim"),
        Answer(sheet="Cutover", column=7, row=28, value="see mail", answer="22"),
        Answer(sheet="Cutover", column=5, row=35, value="0:50", answer="00:50"),
    )
)

MAPPING = SheetMapping(
    team="Payments team",
    sheet="Cutover",
    header_row=5,
    columns=(
        Column(heading="Nr", becomes=Field.NUMBER),
        Column(heading="Team", letters="C", becomes=Field.STREAM),
        Column(letters="AA", becomes=Field.NOTHING),
    ),
    numbers=Unit.HOURS,
    after_names=AfterNames.ROW,
    no_after=NoAfter.ROW_BEFORE,
    no_kind=StepKind.MANUAL,
    no_undo=UndoKind.IRREVERSIBLE,
    kinds={"Go/No-Go": StepKind.GATE, "no": StepKind.HOLD},
    undos={"PONR": UndoKind.IRREVERSIBLE},
    release_sheet="R",
    contacts_sheet="C",
    services_sheet="S",
    encoding="cp1252",
    delimiter="\t",
)


@pytest.mark.parametrize("mapping", [MAPPING, PLAIN_LAYOUT], ids=["full", "plain"])
def test_that_a_mapping_is_kept_as_it_was(mapping: SheetMapping, tmp_path: Path) -> None:
    write_mapping(mapping, tmp_path / "map.yaml")
    assert read_mapping(tmp_path / "map.yaml") == mapping


def test_that_answers_are_kept_as_they_were(tmp_path: Path) -> None:
    wide = Answer(sheet="My plan!", column=30, row=None, value="", answer="leave out")
    given = Answers(given=(*ANSWERS.given, wide))
    write_answers(given, tmp_path / "answers.yaml")
    assert read_answers(tmp_path / "answers.yaml") == given
    (tmp_path / "none.yaml").write_text("")
    assert read_answers(tmp_path / "none.yaml") == Answers()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sheet: a", "a mapping needs columns"),
        ("sheet: a\ncolumns: [{becomes: title}]", "a column needs heading, column or both"),
        ("sheet: a\ncolumns: [{column: D4, becomes: title}]", "'D4' is no column such as D"),
        ("sheet: a\ncolumns: [{column: [D], becomes: title}]", "one value belongs here"),
        ("sheet: a\ncolumns: [{heading: D, becomes: titel}]", "the nearest is title"),
        ("sheet: a\ncolumns: []\nno_undo: inverse", "only none or irreversible can hold"),
        ("sheet: a\ncolumns: []\nno_kind: gate", "each of its own"),
        ("sheet: a\ncolumns: []\nkinds: {go: gate, no: gote}", "'gote' is none of manual"),
        ("sheet: a\ncolumns: []\nkinds: [gate]", "a mapping belongs here"),
        ("sheet: a\ncolumns: []\nencoding: latin-1", "'latin-1' is none of"),
        ("sheet: a\ncolumns: []\nencoding: [x]", "one value belongs here"),
        ("sheet: !!x a", "tag"),
        (": [", "no YAML"),
    ],
)
def test_that_a_mapping_with_a_fault_is_refused(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(text)
    with pytest.raises(InputRejected) as refused:
        read_mapping(tmp_path / "map.yaml")
    assert any(says in it.message for it in refused.value.problems), refused.value.problems


def test_that_an_answer_to_no_cell_is_refused(tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text("answers: [{cell: D27, answer: x}]")
    with pytest.raises(InputRejected, match="no cell such as Cutover!D27"):
        read_answers(tmp_path / "answers.yaml")


# Writing.


def read_back(workbook: Workbook, folder: Path) -> Workbook:
    write_release(workbook, folder / "plan.xlsx")
    return read_workbook(folder / "plan.xlsx")


def test_that_what_is_written_is_read_back_the_same(tmp_path: Path) -> None:
    sheet = grid(
        ["Nr", "Title", "Start"],
        [1, "two\nlines", clock(1, 30)],
        [2.5, "x" * 80, clock(30)],
        [wall(2026, 4, 21, 1, 30), "üñ", timedelta(minutes=1, seconds=5)],
        ["DB"],
        ["", "z"],
        name="Plan",
    )
    seconds = sheet.cells[4, 3]
    assert seconds.text == "0:01"
    written = Sheet(name="Plan", cells=sheet.cells, merged=(area("A5:A6"),), hidden=frozenset({3}))
    found = read_back(Workbook(name="plan.xlsx", sheets=(written,)), tmp_path).sheets[0]
    assert found.merged == written.merged
    assert found.hidden == written.hidden
    assert {at: cell for at, cell in found.cells.items() if at != (4, 3)} == {
        at: cell for at, cell in written.cells.items() if at != (4, 3)
    }
    assert found.at(4, 3).text == "0:01:05"


def test_that_an_empty_sheet_and_an_odd_name_are_written(tmp_path: Path) -> None:
    sheets = (Sheet(name="'a/b:c'" + "x" * 40), Sheet(name="\x01??"))
    found = read_back(Workbook(name="plan.xlsx", sheets=sheets), tmp_path)
    assert [it.name for it in found.sheets] == ["a b c'" + "x" * 25, "Sheet"]


@pytest.mark.parametrize("lead", [*FORMULA_LEADS, " =", "\u00a0="])
def test_that_no_text_becomes_a_formula(lead: str, tmp_path: Path) -> None:
    text = f'{lead}HYPERLINK("http://x")'
    sheet = Sheet(name="Plan", cells={(1, 1): text_cell("Title"), (2, 1): text_cell(text)})
    content = xlsx_bytes(Workbook(name="plan.xlsx", sheets=(sheet,)))
    cell = openpyxl.load_workbook(io.BytesIO(content))["Plan"]["A2"]
    assert cell.data_type in {"s", "inlineStr"}
    assert cell.value == text.strip()
    assert cell.quotePrefix == text.strip().startswith(FORMULA_LEADS)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [archive.read(name) for name in archive.namelist() if "worksheets" in name]
    assert not any(b"<f>" in part or b"<f " in part for part in parts)


def test_that_what_a_workbook_cannot_hold_is_left_out(tmp_path: Path) -> None:
    dirty = text_cell("a\x00b\x1bc\ufffed" + "x" * 40_000)
    sheet = Sheet(name="Plan", cells={(1, 1): dirty})
    found = read_back(Workbook(name="plan.xlsx", sheets=(sheet,)), tmp_path).sheets[0]
    assert found.at(1, 1).text.startswith("abcdxxx")
    assert len(found.at(1, 1).text) == 32_767


# The example.


def modest() -> Asked:
    return Asked(mapping=read_mapping(EXAMPLES / "modest.mapping.yaml"), answers=ANSWERS)


def test_that_the_example_is_what_its_script_writes(tmp_path: Path) -> None:
    kept = read_workbook(EXAMPLES / "modest.xlsx")
    assert read_back(modest_workbook(), tmp_path).sheets == kept.sheets


def test_that_the_example_asks_three_questions() -> None:
    workbook = read_workbook(EXAMPLES / "modest.xlsx")
    asked = Asked(mapping=modest().mapping)
    intake = prepare_intake(workbook, Workspace(), asked)
    assert [it.place for it in intake.problems] == ["Cutover!D22", "Cutover!G28", "Cutover!E35"]
    assert intake.choices == ()


def test_that_the_example_founds_a_night_of_thirty_steps(tmp_path: Path) -> None:
    workbook = read_workbook(EXAMPLES / "modest.xlsx")
    command = command_for(prepare_intake(workbook, Workspace(), modest()))
    assert isinstance(command, ImportWorkspace)
    workspace = command.workspace
    release = workspace.releases[ReleaseId("warehouse-8")]
    steps = release.runbook.steps
    assert len(steps) == 30
    assert len({step.stream for step in steps}) == 5
    assert [step.id for step in steps if step.kind is StepKind.GATE] == ["13"]
    assert [step.id for step in steps if step.undo.kind is UndoKind.IRREVERSIBLE] == ["27"]
    compared = release.runbook.find(StepId("17"))
    assert compared is not None
    assert compared.note == "Helpers: Lena Vogt"
    again = prepare_intake(workbook, workspace, modest())
    assert again.changes.changes == ()
    given = read_back(give_out(release, workspace, PLAIN_LAYOUT), tmp_path)
    back = prepare_intake(given, workspace, Asked(mapping=PLAIN_LAYOUT))
    assert back.problems == ()
    assert back.changes.changes == ()


def test_that_the_night_of_sixty_steps_goes_out_and_comes_back(tmp_path: Path) -> None:
    workspace = read_workspace(EXAMPLES / "sixty_steps")
    release = next(iter(workspace.releases.values()))
    owners = Answers(
        given=(Answer(sheet="Runbook", column=4, row=None, value="", answer="nobody"),)
    )
    workbook = read_back(give_out(release, workspace, PLAIN_LAYOUT), tmp_path)
    asked = Asked(mapping=PLAIN_LAYOUT, answers=owners)
    back = prepare_intake(workbook, workspace, asked)
    assert back.problems == ()
    assert back.steps.is_empty, back.steps
    assert back.changes.changes == ()


# Kept mappings.


def test_that_a_mapping_beside_the_file_or_kept_before_is_taken(tmp_path: Path) -> None:
    folder = tmp_path / "mappings"
    workbooks = KeptWorkbooks(folder)
    path = tmp_path / "modest.xlsx"
    path.write_bytes((EXAMPLES / "modest.xlsx").read_bytes())
    assert workbooks.open(path).mapping is None
    workbooks.keep(PLAIN_LAYOUT)
    workbooks.keep(modest().mapping)
    (folder / "broken.mapping.yaml").write_text(": [")
    assert workbooks.open(path).mapping == modest().mapping
    assert KeptWorkbooks(tmp_path / "none").open(EXAMPLES / "modest.xlsx").mapping is not None


def test_that_a_kept_mapping_says_how_a_csv_file_is_read(tmp_path: Path) -> None:
    workbooks = KeptWorkbooks(tmp_path / "mappings")
    path = tmp_path / "Plan.csv"
    path.write_bytes("Aufgabe;Dauer\nprüfen;3\n".encode("cp1252"))
    with pytest.raises(InputRejected):
        workbooks.open(path)
    columns = (
        Column(heading="Aufgabe", becomes=Field.TITLE),
        Column(heading="Dauer", becomes=Field.DURATION),
    )
    workbooks.keep(SheetMapping(team="a", sheet="Plan", columns=columns))
    workbooks.keep(SheetMapping(team="b", sheet="Plan", columns=columns, encoding="utf-16"))
    workbooks.keep(SheetMapping(team="c", sheet="Other", columns=columns, encoding="cp1252"))
    kept = SheetMapping(team="d", sheet="Plan", columns=columns, encoding="cp1252")
    workbooks.keep(kept)
    opened = workbooks.open(path)
    assert opened.mapping == kept
    assert opened.workbook.sheets[0].at(2, 1).text == "prüfen"
    workbooks.write(opened.workbook, tmp_path / "out.xlsx")
    assert read_workbook(tmp_path / "out.xlsx").sheets[0].at(2, 1).text == "prüfen"
