"""How a team's sheet is laid out: which column becomes what, and what it leaves unsaid.

A mapping is chosen by a person and kept, so that the next file of the team asks nothing again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from immutables import Map

from relconsole.domain.plan.runbook import StepKind, UndoKind


class Field(StrEnum):
    """What a column becomes."""

    NOTHING = "nothing"
    NUMBER = "number"
    TITLE = "title"
    STREAM = "stream"
    OWNER = "owner"
    PLANNED_START = "planned_start"
    FIXED_START = "fixed_start"
    DURATION = "duration"
    BEST = "best"
    WORST = "worst"
    AFTER = "after"
    KIND = "kind"
    MODE = "mode"
    STATIONS = "stations"
    QUORUM = "quorum"
    SERVICES = "services"
    CHANGES_DATA = "changes_data"
    UNDO = "undo"
    UNDO_DURATION = "undo_duration"
    UNDO_TITLE = "undo_title"
    NOTE = "note"


class Unit(StrEnum):
    """What a bare number counts in a column of durations."""

    MINUTES = "minutes"
    HOURS = "hours"


class AfterNames(StrEnum):
    """What the numbers in the column of predecessors name."""

    NUMBER = "number"
    ROW = "row"


class NoAfter(StrEnum):
    """What a step waits for in a sheet that has no column of predecessors."""

    NOTHING = "nothing"
    ROW_BEFORE = "row_before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column by its heading, and by its letters where the heading is empty or stands twice."""

    becomes: Field
    heading: str = ""
    letters: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetMapping:
    """How the sheets of one team are read.

    What is None was not chosen yet; it is asked for where a sheet needs it. ``kinds`` and ``undos``
    are the team's own words. ``encoding`` and ``delimiter`` are those of a CSV file, empty where it
    is UTF-8 and where its first line tells.
    """

    team: str = ""
    sheet: str = ""
    header_row: int = 1
    columns: tuple[Column, ...] = ()
    numbers: Unit | None = None
    after_names: AfterNames | None = None
    no_after: NoAfter | None = None
    no_kind: StepKind | None = None
    no_undo: UndoKind | None = None
    kinds: Mapping[str, StepKind] = field(default_factory=Map[str, StepKind])
    undos: Mapping[str, UndoKind] = field(default_factory=Map[str, UndoKind])
    release_sheet: str = "Release"
    contacts_sheet: str = "Contacts"
    services_sheet: str = "Services"
    encoding: str = ""
    delimiter: str = ""
