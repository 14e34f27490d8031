"""The lines of a night report: problems, decisions, what is left open, acts recorded for others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from relconsole.domain.night.report import NightReport
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.words import clock, clock_seconds, counted

Naming = Callable[[str | None], str]
"""Gives a person's name for an id."""

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a section; ``cells`` stand in the columns at the right instead of ``right``."""

    text: str
    right: str = ""
    status: Status | None = None
    time: str = ""
    cells: tuple[str, ...] = ()
    is_strong: bool = False
    order: datetime = _FIRST

    @property
    def sentence(self) -> str:
        """Give the line as it is spoken and written."""
        return ", ".join(part for part in (self.time, self.text, *self.cells, self.right) if part)


def problems(report: NightReport, naming: Naming) -> list[Line]:
    """Give the problems: a triangle while one is open."""
    lines: list[Line] = []
    for each in report.problems:
        owner = naming(each.owner) if each.owner else "nobody"
        right = f"closed {clock(each.closed, report.zone)}" if each.closed else f"open, {owner}"
        status = Status.DONE if each.closed else Status.WARNING
        lines.append(Line(text=f"{each.problem} {each.what}", right=right, status=status))
    return lines


def commands(report: NightReport, naming: Naming) -> list[Line]:
    """Give who commanded from when on."""
    return [
        Line(
            time=clock_seconds(each.since, report.zone),
            text=f"{naming(each.person)} commands",
            order=each.since,
        )
        for each in report.commands
    ]


def signatures(report: NightReport, naming: Naming) -> list[Line]:
    """Give the acts of two people."""
    return [
        Line(
            time=clock_seconds(each.at, report.zone),
            text=f"{each.act[:1].upper()}{each.act[1:]}, signed by two",
            right=f"{naming(each.by)}, {naming(each.second)}",
            order=each.at,
        )
        for each in report.signatures
    ]


def amendments(report: NightReport, naming: Naming) -> list[Line]:
    """Give the amendments of the plan."""
    return [
        Line(
            time=clock_seconds(each.at, report.zone),
            text=f"Plan amended: {each.reason}",
            right=naming(each.by),
            order=each.at,
        )
        for each in report.amendments
    ]


def left_open(report: NightReport, naming: Naming) -> list[Line]:
    """Give what was left open, with who has it."""
    return [
        Line(text=each.what, right=naming(each.owner), status=Status.ADVISORY)
        for each in report.left_open
    ]


def recorded_for(report: NightReport, naming: Naming) -> list[Line]:
    """Give whose acts somebody else recorded, how many, and how they were heard."""
    found: dict[str, list[str]] = {}
    for row in report.steps:
        if row.by is not None and row.recorded_by is not None:
            found.setdefault(row.by, []).append(row.heard)
    return [
        Line(text=naming(person), right=f"{counted(len(heard), 'act')}, heard by {_ways(heard)}")
        for person, heard in found.items()
    ]


def _ways(heard: list[str]) -> str:
    return " and ".join(dict.fromkeys(way for way in heard if way)) or "nobody knows how"
