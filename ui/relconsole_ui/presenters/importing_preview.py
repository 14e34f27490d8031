"""The plan as it will be taken in, row by row, with what is still open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from relconsole.domain.console.taking_in.intake import Intake
from relconsole.domain.kernel.durations import format_duration
from relconsole.domain.plan.taking_in.mapping import Field
from relconsole.domain.plan.taking_in.steps import TakenRow
from relconsole_ui.presenters.words import clock, counted

_MINUTE: Final = timedelta(minutes=1)


class PreviewColumn(StrEnum):
    """A column by its heading."""

    ROW = "Row"
    STEP = "Step"
    TITLE = "Title"
    STREAM = "Stream"
    OWNER = "Owner"
    START = "Start"
    MINUTES = "Minutes"
    AFTER = "After"
    KIND = "Kind"
    NOTE = "Note or question"


PREVIEW: Final = tuple(PreviewColumn)
_OPENS: Final[Mapping[PreviewColumn, frozenset[Field]]] = {
    PreviewColumn.STEP: frozenset({Field.NUMBER}),
    PreviewColumn.TITLE: frozenset({Field.TITLE}),
    PreviewColumn.STREAM: frozenset({Field.STREAM}),
    PreviewColumn.OWNER: frozenset({Field.OWNER}),
    PreviewColumn.START: frozenset({Field.PLANNED_START, Field.FIXED_START}),
    PreviewColumn.MINUTES: frozenset({Field.DURATION, Field.BEST, Field.WORST}),
    PreviewColumn.AFTER: frozenset({Field.AFTER}),
    PreviewColumn.KIND: frozenset({Field.KIND}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewCell:
    """What stands in a cell; an open one is unknown until it is answered."""

    text: str
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """A row of the sheet; ``cells`` in the order of ``PREVIEW``."""

    key: str
    cells: tuple[PreviewCell, ...]
    is_open: bool

    @property
    def sentence(self) -> str:
        """The whole row in words."""
        words = [
            f"{column} {'open' if cell.is_open else cell.text}"
            for column, cell in zip(PREVIEW, self.cells, strict=True)
            if cell.is_open or cell.text
        ]
        return ", ".join(words)


def present_preview(intake: Intake) -> tuple[PreviewRow, ...]:
    """Give the rows of the sheet as they will be taken in."""
    questions: dict[int, list[str]] = {}
    for it in intake.problems:
        if it.sheet == intake.sheet.name:
            shown = f"“{it.value}”" if it.value else "empty"
            questions.setdefault(it.row, []).append(f"{it.cell}: {shown}")
    return tuple(
        _row(row, intake, ", ".join(questions.get(row.row, ()))) for row in intake.taken.rows
    )


def _row(row: TakenRow, intake: Intake, question: str) -> PreviewRow:
    people, zone = intake.roster.people, intake.heading.zone
    owner = "" if row.owner is None else people[row.owner].name
    undo = row.step is not None and row.step.undo.kind == "irreversible"
    note = "irreversible: point of no return" if undo else " ".join(row.note.split())
    texts = {
        PreviewColumn.ROW: str(row.row),
        PreviewColumn.STEP: row.id,
        PreviewColumn.TITLE: row.title,
        PreviewColumn.STREAM: row.stream,
        PreviewColumn.OWNER: owner,
        PreviewColumn.START: "" if row.start is None or zone is None else clock(row.start, zone),
        PreviewColumn.MINUTES: _minutes(row.duration),
        PreviewColumn.AFTER: ", ".join(row.after),
        PreviewColumn.KIND: "" if row.kind is None else str(row.kind),
        PreviewColumn.NOTE: question or note,
    }
    return PreviewRow(
        key=str(row.row),
        is_open=bool(row.open),
        cells=tuple(
            PreviewCell(
                text=texts[column],
                is_open=not row.open.isdisjoint(_OPENS.get(column, frozenset())),
            )
            for column in PREVIEW
        ),
    )


def _minutes(duration: timedelta | None) -> str:
    """Give a length in minutes, in its own units where it is no whole number of them."""
    if duration is None:
        return ""
    whole, rest = divmod(duration, _MINUTE)
    return format_duration(duration) if rest else str(whole)


def preview_note(intake: Intake) -> str:
    """Give the count of it in one line."""
    rows, zone = intake.taken.rows, intake.heading.zone
    starts = [row.start for row in rows if row.start is not None]
    parts = [counted(len(rows), "step"), counted(len(intake.taken.streams), "stream")]
    if starts and zone is not None:
        parts.append(f"{clock(min(starts), zone)} to {clock(max(starts), zone)}")
    count = sum(row.step is None for row in rows)
    return f"{', '.join(parts)} · {len(rows) - count} read, {count} open"


def is_after_midnight(intake: Intake) -> str:
    """Give the day on which starts lie after the midnight of the window; empty where none does."""
    frame = intake.heading.frame
    if frame is None:
        return ""
    first = frame.wall(frame.window.start).date()
    zone = ZoneInfo(frame.zone)
    later = [
        row.start.astimezone(zone)
        for row in intake.taken.rows
        if row.start is not None and row.start.astimezone(zone).date() > first
    ]
    return f"{min(later):%a} {min(later).day}" if later else ""
