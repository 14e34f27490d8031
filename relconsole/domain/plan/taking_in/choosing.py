"""What a person chooses for a mapping, one choice after the other."""

from __future__ import annotations

from dataclasses import replace

from relconsole.domain.plan.runbook import StepKind, UndoKind
from relconsole.domain.plan.taking_in.cells import Sheet, Workbook
from relconsole.domain.plan.taking_in.layout import (
    PlacedColumn,
    lay_out,
    propose_columns,
    propose_header_row,
)
from relconsole.domain.plan.taking_in.mapping import (
    AfterNames,
    Column,
    Field,
    NoAfter,
    SheetMapping,
    Unit,
)
from relconsole.domain.plan.taking_in.reading import fold_word


def choose(mapping: SheetMapping, key: str, answer: str) -> SheetMapping | None:
    """Give the mapping with one of its choices made, None where the answer is none of them."""
    try:
        match key:
            case "numbers":
                return replace(mapping, numbers=Unit(answer))
            case "after_names":
                return replace(mapping, after_names=AfterNames(answer))
            case "no_after":
                return replace(mapping, no_after=NoAfter(answer))
            case "no_kind":
                return replace(mapping, no_kind=StepKind(answer))
            case "no_undo":
                return replace(mapping, no_undo=UndoKind(answer))
            case _:
                return None
    except ValueError:
        return None


def become(
    mapping: SheetMapping, columns: tuple[PlacedColumn, ...], letters: str, field: Field
) -> SheetMapping:
    """Give the mapping in which a column becomes this; another one that did becomes nothing."""
    headings = [fold_word(it.heading) for it in columns]

    def one(it: PlacedColumn) -> Column:
        becomes = field if it.letters == letters else it.becomes
        if it.letters != letters and becomes is field:
            becomes = Field.NOTHING
        is_plain = bool(it.heading) and headings.count(fold_word(it.heading)) == 1
        return Column(becomes=becomes, heading=it.heading, letters="" if is_plain else it.letters)

    return replace(mapping, columns=tuple(one(it) for it in columns))


def propose_mapping(workbook: Workbook) -> SheetMapping:
    """Give a mapping by the headings of the sheet in which most are known; to be confirmed."""
    plain = SheetMapping()
    beside = {plain.release_sheet, plain.contacts_sheet, plain.services_sheet}
    sheets = [it for it in workbook.sheets if it.name not in beside] or list(workbook.sheets)
    best = max(sheets, key=_known_headings, default=Sheet(name=""))
    return for_sheet(plain, best, propose_header_row(best))


def for_sheet(mapping: SheetMapping, sheet: Sheet, header_row: int) -> SheetMapping:
    """Give the mapping for another sheet, or other headings, with its columns proposed anew."""
    columns = propose_columns(sheet, header_row)
    return replace(mapping, sheet=sheet.name, header_row=header_row, columns=columns)


def fits(mapping: SheetMapping, workbook: Workbook) -> bool:
    """Tell whether a workbook has the sheet of a mapping, with every column that it names."""
    sheet = workbook.find(mapping.sheet)
    return sheet is not None and not lay_out(sheet, mapping).missing


def _known_headings(sheet: Sheet) -> int:
    proposed = propose_columns(sheet, propose_header_row(sheet))
    return sum(it.becomes is not Field.NOTHING for it in proposed)
