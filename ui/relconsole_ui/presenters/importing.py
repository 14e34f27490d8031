"""Taking a workbook in: its columns, what has to be answered, and the plan as it will be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from relconsole.domain.console.taking_in.intake import Intake
from relconsole.domain.plan.taking_in.cells import Workbook, letters_of
from relconsole.domain.plan.taking_in.mapping import AfterNames, Field, SheetMapping
from relconsole.domain.plan.taking_in.problem import CellProblem, Choice, Option, Remark
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.importing_preview import (
    PreviewRow,
    is_after_midnight,
    present_preview,
    preview_note,
)
from relconsole_ui.presenters.words import counted

FIELD_WORDS: Final[Mapping[Field, str]] = {
    Field.NUMBER: "Step number",
    Field.TITLE: "Title",
    Field.STREAM: "Stream",
    Field.OWNER: "Owner",
    Field.PLANNED_START: "Planned start",
    Field.FIXED_START: "Fixed start",
    Field.DURATION: "Duration",
    Field.BEST: "Best case",
    Field.WORST: "Worst case",
    Field.AFTER: "After",
    Field.KIND: "Kind",
    Field.MODE: "Mode",
    Field.STATIONS: "Stations",
    Field.QUORUM: "Quorum",
    Field.SERVICES: "Services",
    Field.CHANGES_DATA: "Changes data",
    Field.UNDO: "Way back",
    Field.UNDO_DURATION: "Way back takes",
    Field.UNDO_TITLE: "How back",
    Field.NOTE: "Note",
    Field.NOTHING: "Not taken in",
}
"""What a column may become, in the order in which it is offered."""

_READS: Final[Mapping[Field, str]] = {
    Field.NUMBER: "number of the step",
    Field.OWNER: "names matched",
    Field.PLANNED_START: "time, not fixed",
    Field.FIXED_START: "time, fixed",
    Field.DURATION: "length",
    Field.BEST: "length",
    Field.WORST: "length",
    Field.UNDO_DURATION: "length",
    Field.KIND: "word",
    Field.MODE: "word",
    Field.UNDO: "word",
    Field.NOTHING: "has no meaning here",
}
_MOST_REMARKS: Final = 200


class Stage(StrEnum):
    """Where taking a workbook in stands."""

    FILE = "File"
    COLUMNS = "Columns"
    PROBLEMS = "Problems"
    TAKE_IN = "Take in"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """One step of taking in; the open ones are worked on."""

    stage: Stage
    number: int
    is_done: bool
    is_open: bool

    @property
    def sentence(self) -> str:
        """The stage in words."""
        standing = "done" if self.is_done else "open" if self.is_open else "ahead"
        return f"{self.number} {self.stage}: {standing}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRow:
    """A column of the sheet, what it becomes and how it is read."""

    letters: str
    heading: str
    first: str
    becomes: Field
    status: Status
    reads: str

    @property
    def sentence(self) -> str:
        """The whole row in words."""
        heading = self.heading or "no heading"
        return f"Column {self.letters}, {heading}, first value {self.first or 'empty'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRow:
    """Something to be answered; ``same`` other cells of its column hold the same value.

    ``is_choice`` tells what the mapping or the release has to say from what a cell means.
    """

    key: str
    place: str
    where: str
    value: str
    question: str
    options: tuple[Option, ...]
    proposal: str
    same: int = 0
    is_choice: bool = False
    names: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The whole question in words."""
        return f"{self.place}, {self.where}, {self.value}. {self.question}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkRow:
    """Something that was read with a remark."""

    key: str
    place: str
    where: str
    value: str
    says: str

    @property
    def sentence(self) -> str:
        """The whole remark in words."""
        return f"Remark. {self.place}, {self.where}, {self.value}. {self.says}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRows:
    """Everything on the screen; ``why_not`` says why it cannot be taken in yet."""

    stages: tuple[StageRow, ...]
    file: str
    sheets: tuple[str, ...]
    sheet: str
    header_row: int
    mapping_note: str
    columns: tuple[ColumnRow, ...]
    asks: tuple[AskRow, ...]
    remarks: tuple[RemarkRow, ...]
    asks_note: str
    preview: tuple[PreviewRow, ...]
    preview_note: str
    difference: str
    take: str
    why_not: str


def present_import(
    workbook: Workbook, mapping: SheetMapping, intake: Intake, *, is_kept: bool
) -> ImportRows:
    """Give the screen of a workbook; ``is_kept`` tells that the mapping was kept before."""
    asks = (
        *(_choice_row(choice, intake) for choice in intake.choices),
        *(_problem_row(problem, intake) for problem in intake.problems),
    )
    has_columns = bool(intake.taken.rows)
    count = counted(len(intake.taken.rows), "step")
    return ImportRows(
        stages=_stages(has_columns=has_columns, is_open=bool(asks)),
        file=_file(workbook, intake),
        sheets=tuple(it.name for it in workbook.sheets),
        sheet=intake.sheet.name,
        header_row=mapping.header_row,
        mapping_note=_mapping_note(mapping, is_kept=is_kept),
        columns=_columns(intake, mapping),
        asks=asks,
        remarks=tuple(_remark_row(at, it) for at, it in enumerate(intake.remarks[:_MOST_REMARKS])),
        asks_note=f"{len(asks)} to answer, {len(intake.remarks)} read with a remark",
        preview=present_preview(intake),
        preview_note=preview_note(intake),
        difference=_difference(intake),
        take=f"Take in {count}" if has_columns else "Take in",
        why_not=_why_not(intake, len(asks)),
    )


def _stages(*, has_columns: bool, is_open: bool) -> tuple[StageRow, ...]:
    """Give the stages: columns and problems are worked on together."""
    done = {
        Stage.FILE: True,
        Stage.COLUMNS: has_columns and not is_open,
        Stage.PROBLEMS: not is_open,
        Stage.TAKE_IN: False,
    }
    return tuple(
        StageRow(
            stage=stage,
            number=number,
            is_done=done[stage],
            is_open=not done[stage] and (is_open is (stage is not Stage.TAKE_IN)),
        )
        for number, stage in enumerate(Stage, start=1)
    )


def _file(workbook: Workbook, intake: Intake) -> str:
    rows = [row.row for row in intake.taken.rows]
    span = f", rows {min(rows)} to {max(rows)}" if rows else ""
    return f"{workbook.name}, sheet {intake.sheet.name}{span}"


def _mapping_note(mapping: SheetMapping, *, is_kept: bool) -> str:
    if not is_kept:
        return "proposed by the headings: look at each"
    return f"mapping “{mapping.team}”, kept" if mapping.team else "mapping kept"


def _columns(intake: Intake, mapping: SheetMapping) -> tuple[ColumnRow, ...]:
    """Give the columns with how each is read."""
    sheet = intake.sheet.name
    problems = [it.column for it in intake.problems if it.sheet == sheet]
    remarks: dict[str, int] = {}
    for remark in intake.remarks:
        if remark.sheet == sheet:
            letters = remark.cells.partition(":")[0].rstrip("0123456789")
            remarks[letters] = remarks.get(letters, 0) + 1
    rows: list[ColumnRow] = []
    for it in intake.taken.layout.columns:
        reads = _reads(it.becomes, intake, mapping)
        count = problems.count(it.column)
        said = remarks.get(it.letters, 0)
        status = Status.NOT_STARTED if it.becomes is Field.NOTHING else Status.DONE
        if count:
            status, reads = Status.WARNING, f"{reads}, {count} open"
        elif said:
            status, reads = Status.ADVISORY, f"{reads}, {counted(said, 'remark')}"
        rows.append(
            ColumnRow(
                letters=it.letters,
                heading=it.heading,
                first=it.first,
                becomes=it.becomes,
                status=status,
                reads=reads,
            )
        )
    return tuple(rows)


def _reads(field: Field, intake: Intake, mapping: SheetMapping) -> str:
    """Give how the values of a column are read."""
    if field is Field.AFTER:
        is_row = mapping.after_names is AfterNames.ROW
        return "rows of the sheet" if is_row else "numbers of steps"
    if field is Field.PLANNED_START:
        later = is_after_midnight(intake)
        return f"after midnight: {later}" if later else _READS[field]
    return _READS.get(field, "text")


def _problem_row(problem: CellProblem, intake: Intake) -> AskRow:
    alike = sum(
        (it.sheet, it.column, it.value) == (problem.sheet, problem.column, problem.value)
        for it in intake.problems
    )
    asks_person = problem.field in {Field.OWNER, "release.commander", "release.requester"}
    return AskRow(
        key=problem.place,
        place=problem.place,
        where=f"row {problem.row}, {problem.heading or letters_of(problem.column)}",
        value=f"“{problem.value}”" if problem.value else "empty",
        question=problem.question,
        options=problem.options,
        proposal=problem.proposal,
        same=alike - 1,
        names=_people(intake) if asks_person else (),
    )


def _choice_row(choice: Choice, intake: Intake) -> AskRow:
    owner, _, name = choice.key.partition(".")
    is_release = owner == "release"
    asks_person = name in {"commander", "requester"}
    return AskRow(
        key=choice.key,
        place="Release" if is_release else "Mapping",
        where=name.replace("_", " ") if is_release else "all rows",
        value="not said",
        question=choice.question,
        options=choice.options,
        proposal=choice.proposal,
        is_choice=True,
        names=_people(intake) if asks_person else (),
    )


def _people(intake: Intake) -> tuple[str, ...]:
    return tuple(sorted(person.name for person in intake.roster.people.values()))


def _remark_row(at: int, remark: Remark) -> RemarkRow:
    return RemarkRow(
        key=f"remark {at}",
        place=remark.place,
        where=f"row {remark.row}, {remark.heading}",
        value=f"“{remark.value}”" if remark.value else "",
        says=f"{remark.says[:1].upper()}{remark.says[1:]}.",
    )


def _difference(intake: Intake) -> str:
    """Give what would change of a plan that stands already; empty where none does."""
    steps = intake.steps
    counts = (
        (len(steps.added), "added"),
        (len(steps.changed), "changed"),
        (len(steps.removed), "removed"),
    )
    said = [f"{count} {how}" for count, how in counts if count]
    if steps.is_reordered:
        said.append("order changed")
    return ", ".join(said) if said else "no step differs"


def _why_not(intake: Intake, count: int) -> str:
    if not count:
        return "" if intake.changes.changes else "Nothing differs from what is recorded"
    verb = "must" if count > 1 else "has to"
    return f"{counted(count, 'problem')} {verb} be answered first"
