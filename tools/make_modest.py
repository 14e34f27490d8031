"""Writes the example workbook: a warehouse system moves to its next version in one night.

It is laid out as teams keep theirs: streams merged over their rows, predecessors by number, names
as somebody typed them, times that pass midnight, and three cells that only a person understands.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from relconsole.adapters.formats.spreadsheet.write import xlsx_bytes
from relconsole.domain.plan.taking_in.cells import (
    EMPTY,
    Area,
    Cell,
    CellKind,
    Sheet,
    Workbook,
    text_cell,
)

TARGET: Final = (
    Path(__file__).resolve().parent.parent / "resources/relconsole_resources/examples/modest.xlsx"
)
START: Final = datetime(2027, 3, 13, 21, 0)  # noqa: DTZ001 - a wall time
END: Final = datetime(2027, 3, 14, 4, 0)  # noqa: DTZ001 - a wall time
HEADER: Final = 5
HEADINGS: Final = (
    "No", "Task", "Team", "Resp.", "Start", "Min", "Pred.", "Type", "Stations", "Way back",
    "Back (min)", "How back", "Remark", "Status",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One row of the sheet; ``meant`` is what it waits for where its cell says it in words."""

    title: str
    team: str
    owner: str
    minutes: int
    after: str = ""
    type: str = ""
    stations: str = ""
    way: str = ""
    back: int = 0
    how: str = ""
    remark: str = ""
    start: str = ""
    meant: str = ""


TASKS: Final = (
    Task(title="Open the bridge and call the roll", team="Command", owner="Greta", minutes=10,
         type="communication", remark="dial in ten minutes before"),
    Task(title="Tell the shops that orders are closed", team="Command", owner="Jonas P.",
         minutes=5, after="1", type="communication"),
    Task(title="Put the web shop into maintenance", team="Command", owner="Jonas P.", minutes=5,
         after="2", back=5, how="Take the maintenance page down"),
    Task(title="Stop goods receipt", team="Warehouse", owner="Ruth", minutes=10, after="2",
         back=5, how="Open goods receipt again"),
    Task(title="Finish open picks and park the forklifts", team="Warehouse", owner="Ruth",
         minutes=20, after="4"),
    Task(title="Count the ten control bins", team="Warehouse", owner="Ruth", minutes=15, after="5",
         type="checkpoint"),
    Task(title="Hold the ERP export jobs", team="Interfaces", owner="TZ", minutes=5, after="3",
         back=5, how="Release the export jobs"),
    Task(title="Drain the order queue", team="Interfaces", owner="TZ", minutes=15, after="7"),
    Task(title="Stop the label printers", team="Interfaces", owner="TZ", minutes=5, after="8",
         back=5, how="Start the label printers"),
    Task(title="Stop warehouse system 7", team="Application", owner="L. Vogt", minutes=10,
         after="5, 8", back=10, how="Start warehouse system 7"),
    Task(title="Save the database to the second site", team="Database", owner="Karim", minutes=25,
         after="10"),
    Task(title="Restore one table from it and compare", team="Database", owner="Karim", minutes=15,
         after="11", type="checkpoint"),
    Task(title="Go for the change of the database", team="Command", owner="Greta", minutes=5,
         after="6, 9, 12", type="Go/No-Go",
         stations="Warehouse, Database, Application, Interfaces"),
    Task(title="Set the database read-only for reports", team="Database", owner="Karim",
         minutes=5, after="13", back=5, how="Make it writable again"),
    Task(title="Convert the stock tables to version 8", team="Database", owner="Karim", minutes=30,
         after="14", back=20, how="Put the tables of version 7 back in place"),
    Task(title="Rebuild the indexes", team="Database", owner="Karim", minutes=20, after="15"),
    Task(title="Compare row counts, old and new", team="Database", owner="Karim/Lena", minutes=10,
         after="16"),
    Task(title="Install warehouse system 8", team="Application", owner="L. Vogt", minutes=20,
         after="13", back=15, how="Install version 7 again"),
    Task(title="Load the settings of the site", team="Application", owner="Paul", minutes=10,
         after="18", back=5, how="Load the settings of version 7"),
    Task(title="Start warehouse system 8", team="Application", owner="L. Vogt", minutes=10,
         after="17, 19", back=10, how="Stop version 8"),
    Task(title="Look through its log for errors", team="Application", owner="Paul", minutes=10,
         after="20", type="checkpoint"),
    Task(title="Point the ERP interface at version 8", team="Interfaces", owner="TZ", minutes=10,
         after="20", back=5, how="Point it at version 7"),
    Task(title="Send ten test orders", team="Interfaces", owner="TZ", minutes=15,
         after="see mail", meant="22"),
    Task(title="Print and scan test labels", team="Warehouse", owner="Ruth", minutes=15,
         after="21, 22"),
    Task(title="Count the ten control bins again", team="Warehouse", owner="Ruth", minutes=10,
         after="24", type="checkpoint", remark="same bins as in step 6"),
    Task(title="Release the database for reports", team="Database", owner="Karim", minutes=5,
         after="23", back=5, how="Set it read-only again"),
    Task(title="Delete the stock tables of version 7", team="Database", owner="Karim", minutes=10,
         after="25, 26", way="irreversible", remark="point of no return"),
    Task(title="Open goods receipt", team="Warehouse", owner="Ruth", minutes=10, after="27",
         back=5, how="Stop goods receipt"),
    Task(title="Take the web shop out of maintenance", team="Command", owner="Jonas P.", minutes=5,
         after="27", back=5, how="Put the maintenance page up"),
    Task(title="Tell everybody and close the bridge", team="Command", owner="Greta", minutes=10,
         after="28-29", type="communication", start="text"),
)  # fmt: skip

RELEASE: Final = (
    ("Release", "Warehouse 8"),
    ("Id", "warehouse-8"),
    ("Environment", "Production"),
    ("Zone", "Europe/Berlin"),
    ("Commander", "Greta Lindholm"),
    ("Requester", "Ines Moreau"),
    ("Scribe", "Jonas Petersen"),
    ("Dial-in", "de: +49 40 5550 700"),
)
CONTACTS: Final = (
    ("Name", "Team", "Role", "Phone", "Mail"),
    ("Greta Lindholm", "IT operations", "commander", "+49 40 5550 711", "greta@example.org"),
    ("Karim Haddad", "Database", "", "+49 40 5550 712", "karim@example.org"),
    ("Lena Vogt", "Applications", "", "+49 40 5550 713", "lena@example.org"),
    ("Paul Novak", "Applications", "", "+49 40 5550 714", "paul@example.org"),
    ("Tomasz Zielinski", "Interfaces", "", "+49 40 5550 715", "tomasz@example.org"),
    ("Ruth Adler", "Warehouse", "", "+49 40 5550 716", "ruth@example.org"),
    ("Jonas Petersen", "Service desk", "", "+49 40 5550 717", "jonas@example.org"),
    ("Ines Moreau", "Logistics", "", "+49 40 5550 718", "ines@example.org"),
)
SERVICES: Final = (
    ("Service", "Id", "Team", "Tier", "Kind", "From", "To"),
    ("Warehouse system", "warehouse", "Applications", "1", "service", "7.4", "8.0"),
    ("Stock database", "stock-db", "Database", "1", "database", "7.4", "8.0"),
    ("ERP interface", "erp-interface", "Interfaces", "2", "service", "", ""),
)


def main() -> int:
    """Write the workbook where it is kept, or to the path that is named."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(xlsx_bytes(modest_workbook()))
    print(target)
    return 0


def modest_workbook() -> Workbook:
    """Give the workbook as it is written."""
    return Workbook(
        name="modest.xlsx",
        sheets=(_cutover(), _release(), _texts("Contacts", CONTACTS), _texts("Services", SERVICES)),
    )


def _cutover() -> Sheet:
    """Give the sheet of the steps."""
    cells = {(1, 1): text_cell("Cutover plan Warehouse 8"), (2, 1): text_cell("as of 1 March")}
    cells |= {(HEADER, at): text_cell(it) for at, it in enumerate(HEADINGS, start=1)}
    starts = _starts()
    for row, task, start in zip(_rows(), TASKS, starts, strict=True):
        values = _cells_of(row - HEADER, task, start)
        cells |= {(row, at): cell for at, cell in enumerate(values, start=1) if not cell.is_empty}
    merged = tuple(_merged_streams())
    for area in merged:
        for row in range(area.first_row + 1, area.last_row + 1):
            del cells[row, area.first_column]
    return Sheet(name="Cutover", cells=cells, merged=merged)


def _rows() -> range:
    return range(HEADER + 1, HEADER + 1 + len(TASKS))


def _cells_of(number: int, task: Task, start: timedelta) -> list[Cell]:
    time_of_day = start % timedelta(days=1)
    clock = f"{time_of_day.seconds // 3600}:{time_of_day.seconds // 60 % 60:02}"
    is_text = bool(task.start)
    return [
        _number(number),
        text_cell(task.title),
        text_cell(task.team),
        text_cell(task.owner),
        text_cell(clock) if is_text else Cell(kind=CellKind.SPAN, text=clock, span=time_of_day),
        _number(task.minutes),
        _number(int(task.after)) if task.after.isdigit() else text_cell(task.after),
        text_cell(task.type),
        text_cell(task.stations),
        text_cell(task.way),
        _number(task.back) if task.back else EMPTY,
        text_cell(task.how),
        text_cell(task.remark),
        text_cell("open"),
    ]


def _number(value: int) -> Cell:
    return Cell(kind=CellKind.NUMBER, text=str(value), number=float(value))


def _starts() -> list[timedelta]:
    """Give when each step can start, since the midnight before the window."""
    first = timedelta(hours=START.hour, minutes=START.minute)
    finishes: list[timedelta] = []
    starts: list[timedelta] = []
    for task in TASKS:
        named = (task.meant or task.after).replace("28-29", "28, 29")
        waits = [int(it) for it in named.split(", ") if it]
        start = max((finishes[it - 1] for it in waits), default=first)
        starts.append(start)
        finishes.append(start + timedelta(minutes=task.minutes))
    return starts


def _merged_streams() -> Iterator[Area]:
    """Give a block for each run of rows with one team."""
    first = 0
    for at in range(1, len(TASKS) + 1):
        if at == len(TASKS) or TASKS[at].team != TASKS[first].team:
            if at - first > 1:
                top = HEADER + 1 + first
                yield Area(first_row=top, first_column=3, last_row=HEADER + at, last_column=3)
            first = at


def _release() -> Sheet:
    """Give the sheet that says what the release is."""
    rows = [(key, text_cell(value)) for key, value in RELEASE]
    rows += [(key, _moment(wall)) for key, wall in (("Window start", START), ("Window end", END))]
    keys = {(row, 1): text_cell(key) for row, (key, _) in enumerate(rows, start=1)}
    return Sheet(
        name="Release", cells=keys | {(row, 2): cell for row, (_, cell) in enumerate(rows, start=1)}
    )


def _moment(wall: datetime) -> Cell:
    text = wall.isoformat(sep=" ", timespec="minutes")
    return Cell(kind=CellKind.MOMENT, text=text, moment=wall)


def _texts(name: str, rows: tuple[tuple[str, ...], ...]) -> Sheet:
    return Sheet(
        name=name,
        cells={
            (row, column): text_cell(value)
            for row, values in enumerate(rows, start=1)
            for column, value in enumerate(values, start=1)
            if value
        },
    )


if __name__ == "__main__":
    sys.exit(main())
