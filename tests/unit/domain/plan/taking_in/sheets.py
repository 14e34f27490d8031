"""Sheets as the tests write them: rows of plain values, and what taking them in came to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from relconsole.domain.estate.catalogue import Service
from relconsole.domain.estate.people import Person, Reach
from relconsole.domain.kernel.ids import PersonId, ServiceId, StepId, TeamId
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.plan.runbook import Step, StepKind, UndoKind
from relconsole.domain.plan.taking_in.answers import Answer, Answers
from relconsole.domain.plan.taking_in.cells import (
    EMPTY,
    Area,
    Cell,
    CellKind,
    Sheet,
    column_of,
    text_cell,
)
from relconsole.domain.plan.taking_in.mapping import (
    AfterNames,
    Column,
    Field,
    SheetMapping,
    Unit,
)
from relconsole.domain.plan.taking_in.names import PeopleBook
from relconsole.domain.plan.taking_in.problem import CellProblem
from relconsole.domain.plan.taking_in.starts import Frame
from relconsole.domain.plan.taking_in.steps import Known, TakenRow
from relconsole.domain.plan.taking_in.take import TakenIn, take_in

Value: TypeAlias = str | int | float | timedelta | datetime | Cell | None

NAME = "Cutover"
FRAME = Frame(
    window=Interval(
        start=datetime(2026, 4, 20, 23, 30, tzinfo=UTC), end=datetime(2026, 4, 21, 3, tzinfo=UTC)
    ),
    zone="Europe/Berlin",
)
"""From half past one to five, by the clocks of Berlin."""


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def clock(hours: int, minute: int = 0) -> timedelta:
    """A time of day, or of the day after from 24 on."""
    return timedelta(hours=hours, minutes=minute)


def wall(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - what a cell holds


def cell(value: object) -> Cell:
    match value:
        case None:
            return EMPTY
        case Cell():
            return value
        case str():
            return text_cell(value)
        case timedelta():
            count = int(value.total_seconds()) // 60
            text = f"{count // 60}:{count % 60:02}"
            return Cell(kind=CellKind.SPAN, text=text, span=value)
        case datetime():
            return Cell(kind=CellKind.MOMENT, text=value.isoformat(" ", "minutes"), moment=value)
        case int() | float():
            return Cell(kind=CellKind.NUMBER, text=f"{value:g}", number=float(value))
        case _:
            raise TypeError(f"no cell holds {value!r}")


def grid(*rows: Sequence[object], name: str = NAME, is_typed: bool = True) -> Sheet:
    """A sheet of these rows, the first one row 1; an empty row stays empty."""
    cells = {
        (row, column): made
        for row, values in enumerate(rows, start=1)
        for column, value in enumerate(values, start=1)
        if not (made := cell(value)).is_empty
    }
    return Sheet(name=name, cells=cells, is_typed=is_typed)


def area(reference: str) -> Area:
    """The block of a name such as ``C2:C4``, columns of one letter."""
    first, last = reference.split(":")
    return Area(
        first_row=int(first[1:]),
        first_column=column_of(first[0]),
        last_row=int(last[1:]),
        last_column=column_of(last[0]),
    )


def person(name: str, phone: str = "", *aliases: str) -> Person:
    first = name.split(maxsplit=1)[0].casefold()
    return Person(
        id=PersonId(first),
        name=name,
        aliases=aliases,
        reach=(Reach(way="phone", value=phone),) if phone else (),
    )


PEOPLE = (
    person("Mara Okafor", "+49 30 5550 101", "mokafor"),
    person("Asha Nair", "+49 30 5550 102"),
    person("Omar Farouk", "+49 30 5550 103"),
    person("Nils Brandt", "+49 30 5550 104"),
)
BOOK = PeopleBook(people={it.id: it for it in PEOPLE})
LEDGER = Service(id=ServiceId("ledger-db"), name="Ledger DB", team=TeamId("ledger"))
KNOWN = Known(book=BOOK, frame=FRAME, services={LEDGER.id: LEDGER})

MAPPING = SheetMapping(
    sheet=NAME,
    numbers=Unit.MINUTES,
    after_names=AfterNames.NUMBER,
    no_kind=StepKind.MANUAL,
    no_undo=UndoKind.NONE,
)


def mapping_for(*fields: Field, **choices: object) -> SheetMapping:
    """A mapping of columns whose headings are the fields themselves."""
    columns = tuple(Column(heading=str(it), becomes=it) for it in fields)
    return replace(MAPPING, columns=columns, **choices)  # type: ignore[arg-type]


def answers(given: Mapping[str, tuple[str, str]], name: str = NAME) -> Answers:
    """Answers by cell, ``{"D2": (value, answer)}``; a column alone answers everywhere."""
    return Answers(
        given=tuple(
            Answer(
                sheet=name,
                column=column_of(at[0]),
                row=int(at[1:]) if at[1:] else None,
                value=value,
                answer=answer,
            )
            for at, (value, answer) in given.items()
        )
    )


def take(
    fields: Sequence[Field],
    *rows: Sequence[object],
    known: Known = KNOWN,
    given: Mapping[str, tuple[str, str]] | None = None,
    merged: Sequence[str] = (),
    is_typed: bool = True,
    **choices: object,
) -> TakenIn:
    """Take in a sheet whose first row are these fields."""
    sheet = grid([str(it) for it in fields], *rows, is_typed=is_typed)
    sheet = replace(sheet, merged=tuple(area(it) for it in merged))
    return take_in(sheet, mapping_for(*fields, **choices), known, answers(given or {}))


def only_row(taken: TakenIn) -> TakenRow:
    assert len(taken.rows) == 1
    return taken.rows[0]


def only_step(taken: TakenIn) -> Step:
    assert taken.problems == (), taken.problems
    assert taken.choices == (), taken.choices
    step = only_row(taken).step
    assert step is not None
    return step


def only_problem(taken: TakenIn) -> CellProblem:
    assert len(taken.problems) == 1, taken.problems
    return taken.problems[0]


def choices_of(taken: TakenIn) -> list[str]:
    return [it.key for it in taken.choices]


def offered(problem: CellProblem) -> list[str]:
    return [it.answer for it in problem.options]


def present(*steps: Step) -> Known:
    return replace(KNOWN, present={StepId(it.id): it for it in steps})
