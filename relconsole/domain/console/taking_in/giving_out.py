"""A release as a workbook, in the layout in which a team keeps its own.

What is given out and taken in again unchanged changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.people import Person
from relconsole.domain.kernel.durations import format_duration
from relconsole.domain.kernel.ids import PersonId, ServiceId, StepId
from relconsole.domain.kernel.zones import Meant, read_wall
from relconsole.domain.plan.runbook import Step
from relconsole.domain.plan.schedule import plan_schedule
from relconsole.domain.plan.taking_in.cells import (
    EMPTY,
    Cell,
    CellKind,
    Sheet,
    Workbook,
    column_of,
    text_cell,
)
from relconsole.domain.plan.taking_in.mapping import AfterNames, Field, SheetMapping
from relconsole.domain.plan.taking_in.names import Matched, PeopleBook
from relconsole.domain.release.release import Release

_NOTHING_UNDONE: Final = frozenset({Field.UNDO, Field.UNDO_DURATION, Field.UNDO_TITLE})


def give_out(release: Release, workspace: Workspace, mapping: SheetMapping) -> Workbook:
    """Give the workbook of a release: its runbook, the release, its people and its services."""
    return Workbook(
        name=f"{release.id}.xlsx",
        sheets=(
            _runbook(release, workspace, mapping),
            _listed(mapping.release_sheet, _heading_rows(release, workspace)),
            _listed(mapping.contacts_sheet, _contact_rows(release, workspace)),
            _listed(mapping.services_sheet, _service_rows(release, workspace)),
        ),
    )


def _listed(name: str, rows: list[tuple[Cell, ...]]) -> Sheet:
    return Sheet(
        name=name,
        cells={
            (row, column): cell
            for row, cells in enumerate(rows, start=1)
            for column, cell in enumerate(cells, start=1)
            if not cell.is_empty
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    """What writing the cells of a runbook needs besides each step."""

    release: Release
    mapping: SheetMapping
    book: PeopleBook
    starts: Mapping[StepId, datetime]
    rows: Mapping[StepId, int]

    def cell(self, step: Step, field: Field) -> Cell:
        """Give the cell of one field of a step."""
        if field in _NOTHING_UNDONE and not step.changes_production:
            return EMPTY
        write = _WRITERS.get(field)
        return EMPTY if write is None else write(self, step)


def _runbook(release: Release, workspace: Workspace, mapping: SheetMapping) -> Sheet:
    """Give the sheet of the steps, a row each, beneath the headings of the mapping."""
    steps, header = release.runbook.steps, mapping.header_row
    schedule = plan_schedule(steps, release.window.start)
    starts = {step.id: schedule.instant_of(schedule.steps[step.id].start) for step in steps}
    writer = _Writer(
        release=release,
        mapping=mapping,
        book=PeopleBook(people=workspace.estate.people),
        starts={id_: it for id_, it in starts.items() if it <= release.window.end},
        rows={step.id: header + place for place, step in enumerate(steps, start=1)},
    )
    columns = _columns(mapping)
    cells: dict[tuple[int, int], Cell] = {}
    for column, (field, heading) in columns.items():
        cells[header, column] = text_cell(heading)
        for step in steps:
            cells[writer.rows[step.id], column] = writer.cell(step, field)
    if header > 1:
        cells[1, 1] = text_cell(release.title)
    return Sheet(
        name=mapping.sheet, cells={at: cell for at, cell in cells.items() if not cell.is_empty}
    )


def _columns(mapping: SheetMapping) -> dict[int, tuple[Field, str]]:
    """Give what stands in each column: in those that the mapping names, else in its order."""
    fixed = {column_of(it.letters) for it in mapping.columns if it.letters}
    found: dict[int, tuple[Field, str]] = {}
    for it in mapping.columns:
        column = column_of(it.letters) if it.letters else 1
        while not it.letters and (column in found or column in fixed):
            column += 1
        found[column] = (it.becomes, it.heading)
    return dict(sorted(found.items()))


def span_cell(length: timedelta) -> Cell:
    """Give a length of time, as text where it has parts of a second."""
    if length.microseconds:
        return text_cell(format_duration(length))
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    text = f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    return Cell(kind=CellKind.SPAN, text=text, span=length)


def moment_cell(instant: datetime | None, zone: str) -> Cell:
    """Give an instant as a wall time, with its offset where the clocks show that twice."""
    if instant is None:
        return EMPTY
    local = instant.astimezone(ZoneInfo(zone))
    wall = local.replace(tzinfo=None, fold=0)
    if not isinstance(read_wall(wall, zone), Meant) or wall.microsecond:
        return text_cell(local.isoformat(timespec="seconds"))
    text = wall.isoformat(sep=" ", timespec="seconds" if wall.second else "minutes")
    return Cell(kind=CellKind.MOMENT, text=text, moment=wall)


def _number(text: str) -> Cell:
    """Give a number as one where it is written like one."""
    if text.isascii() and text.isdigit() and str(int(text)) == text:
        return Cell(kind=CellKind.NUMBER, text=text, number=float(text))
    return text_cell(text)


def _after(writer: _Writer, step: Step) -> Cell:
    is_row = writer.mapping.after_names is AfterNames.ROW
    names = [str(writer.rows[it]) if is_row else it for it in step.after]
    return _number(names[0]) if len(names) == 1 else text_cell(", ".join(names))


def _name(book: PeopleBook, person: PersonId | None) -> Cell:
    """Give the name under which a person is found again, the id where another bears it too."""
    known = None if person is None else book.people.get(person)
    if known is None:
        return text_cell(person or "")
    found = book.find(known.name)
    is_plain = isinstance(found, Matched) and not found.how and found.person.id == known.id
    return text_cell(known.name if is_plain else known.id)


def _kind(writer: _Writer, step: Step) -> Cell:
    own = [word for word, kind in writer.mapping.kinds.items() if kind is step.kind]
    return text_cell(min(own, default=str(step.kind)))


def _undo(writer: _Writer, step: Step) -> Cell:
    own = [word for word, kind in writer.mapping.undos.items() if kind is step.undo.kind]
    return text_cell(min(own, default=str(step.undo.kind)))


def _undo_duration(step: Step) -> Cell:
    duration = step.undo.duration
    return EMPTY if duration is None else span_cell(duration.likely)


_WRITERS: Final[Mapping[Field, Callable[[_Writer, Step], Cell]]] = {
    Field.NUMBER: lambda _, step: _number(step.id),
    Field.TITLE: lambda _, step: text_cell(step.title),
    Field.STREAM: lambda _, step: text_cell(step.stream),
    Field.OWNER: lambda writer, step: _name(writer.book, step.owner),
    Field.KIND: _kind,
    Field.MODE: lambda _, step: text_cell(step.mode),
    Field.PLANNED_START: lambda writer, step: moment_cell(
        writer.starts.get(step.id), writer.release.zone
    ),
    Field.FIXED_START: lambda writer, step: moment_cell(step.not_before, writer.release.zone),
    Field.DURATION: lambda _, step: span_cell(step.duration.likely),
    Field.BEST: lambda _, step: span_cell(step.duration.best) if step.duration.has_range else EMPTY,
    Field.WORST: lambda _, step: (
        span_cell(step.duration.worst) if step.duration.has_range else EMPTY
    ),
    Field.AFTER: _after,
    Field.SERVICES: lambda _, step: text_cell(", ".join(step.services)),
    Field.STATIONS: lambda _, step: text_cell(", ".join(step.stations)),
    Field.QUORUM: lambda _, step: EMPTY if step.quorum is None else _number(str(step.quorum)),
    Field.CHANGES_DATA: lambda _, step: text_cell("yes" if step.changes_data else ""),
    Field.UNDO: _undo,
    Field.UNDO_DURATION: lambda _, step: _undo_duration(step),
    Field.UNDO_TITLE: lambda _, step: text_cell(step.undo.title),
    Field.NOTE: lambda _, step: text_cell(step.note),
}


def _heading_rows(release: Release, workspace: Workspace) -> list[tuple[Cell, ...]]:
    book = PeopleBook(people=workspace.estate.people)
    bridge, change, zone = release.bridge, release.change, release.zone
    dial_in = (
        "" if bridge is None else "; ".join(f"{it.country}: {it.number}" for it in bridge.dial_in)
    )
    rows: list[tuple[str, Cell]] = [
        ("Title", text_cell(release.title)),
        ("Id", text_cell(release.id)),
        ("Type", text_cell(release.type)),
        ("Environment", text_cell(release.environment)),
        ("Zone", text_cell(zone)),
        ("Window start", moment_cell(release.window.start, zone)),
        ("Window end", moment_cell(release.window.end, zone)),
        ("Commander", _name(book, release.commander)),
        ("Requester", _name(book, release.requester)),
        ("Authors", text_cell(", ".join(release.authors))),
        ("Scribe", _name(book, release.scribe)),
        ("Change system", text_cell("" if change is None else change.system)),
        ("Change", text_cell("" if change is None else change.id)),
        ("Dial-in", text_cell(dial_in)),
        ("Bridge link", text_cell("" if bridge is None else bridge.link)),
        ("Bridge back-up", text_cell("" if bridge is None else bridge.backup)),
    ]
    return [(text_cell(key), cell) for key, cell in rows if not cell.is_empty]


def _contact_rows(release: Release, workspace: Workspace) -> list[tuple[Cell, ...]]:
    """Give those whom the release names, with how to reach them."""
    named = [release.commander, release.requester, *release.authors]
    named += [it for it in (release.scribe, *(s.owner for s in release.runbook.steps)) if it]
    people = workspace.estate.people
    head = ("Name", "Id", "Team", "Role", "Phone", "Mail", "Chat", "Zone")
    rows = [tuple(text_cell(it) for it in head)]
    rows += [_contact(people[it], workspace) for it in dict.fromkeys(named) if it in people]
    return rows


def _contact(person: Person, workspace: Workspace) -> tuple[Cell, ...]:
    team = None if person.team is None else workspace.estate.teams.get(person.team)
    ways = {it.way: it.value for it in reversed(person.reach)}
    values = (
        person.name,
        person.id,
        "" if team is None else team.name,
        ", ".join(person.roles),
        ways.get("phone", ""),
        ways.get("mail", ""),
        ways.get("chat", ""),
        person.zone,
    )
    return tuple(text_cell(value) for value in values)


def _service_rows(release: Release, workspace: Workspace) -> list[tuple[Cell, ...]]:
    """Give the services that the release or one of its steps names."""
    items = {it.service: it for it in release.items}
    named: dict[ServiceId, None] = dict.fromkeys(items)
    named |= dict.fromkeys(it for step in release.runbook.steps for it in step.services)
    head = ("Service", "Id", "Team", "Tier", "Kind", "From", "To")
    rows = [tuple(text_cell(it) for it in head)]
    for id_ in named:
        service, item = workspace.estate.services.get(id_), items.get(id_)
        if service is not None:
            values = (
                service.name,
                service.id,
                service.team,
                str(service.tier),
                service.kind,
                (item and item.from_version) or "",
                (item and item.to_version) or "",
            )
            rows.append(tuple(text_cell(value) for value in values))
    return rows
