"""The night report on one page: the outcome, five figures, sections, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from immutables import Map

from relconsole.domain.night.facts import StepState
from relconsole.domain.night.plan_against_actual import StepRow
from relconsole.domain.night.report import NightOutcome, NightReport
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.report_words import (
    Line,
    Naming,
    amendments,
    commands,
    left_open,
    problems,
    recorded_for,
    signatures,
)
from relconsole_ui.presenters.words import clock, counted, day, minutes, zone_name

MOST: Final = 8
"""Lines of a section on the page; all of them are in the text."""

BIG_WORDS: Final[Mapping[NightOutcome, tuple[str, Status]]] = Map(
    {
        NightOutcome.SUCCESSFUL: ("Successful", Status.GO),
        NightOutcome.SUCCESSFUL_WITH_ISSUES: ("Successful, with issues", Status.WARNING),
        NightOutcome.PARTLY: ("Partly implemented", Status.WARNING),
        NightOutcome.ROLLED_BACK: ("Rolled back", Status.DONE),
        NightOutcome.STOPPED: ("Not implemented", Status.FAILED),
    }
)
_NO_TIME: Final = timedelta(0)
_COMING: Final = frozenset({StepState.NOT_STARTED, StepState.RUNNING, StepState.WAITING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One of the figures under the outcome."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of the page; ``heads`` are the headings of its right-hand columns, if any."""

    title: str
    note: str
    lines: tuple[Line, ...]
    heads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRows:
    """The page; ``left`` and ``right`` are its two columns."""

    title: str
    when: str
    big: str
    status: Status
    says: str
    figures: tuple[Figure, ...]
    left: tuple[Section, ...]
    right: tuple[Section, ...]
    foot: str
    foot_right: str

    @property
    def sentence(self) -> str:
        """Give the page as it is spoken first."""
        return f"{self.title}, {self.when}: {self.big}. {self.says}"


def present_report(report: NightReport, naming: Naming) -> ReportRows:
    """Give the page of a report."""
    big, status = _outcome(report)
    change = f" · {report.change.partition(' in ')[0]}" if report.change else ""
    return ReportRows(
        title=f"Night report · {report.title}{change}",
        when=_when(report),
        big=f"{big}, a rehearsal" if report.type == "rehearsal" else big,
        status=status,
        says=_says(report),
        figures=_figures(report),
        left=tuple(
            each
            for each in (_criteria(report), _plan(report), _decisions(report, naming))
            if each.lines
        ),
        right=tuple(
            each
            for each in (
                _section("Not as planned", [Line(text=each) for each in report.issues]),
                _section("Problems", problems(report, naming), note=_open_note(report)),
                _section("Left open", left_open(report, naming)),
                _section("Recorded for others", recorded_for(report, naming)),
                _section(
                    "What this report cannot prove",
                    [Line(text=each, status=Status.ADVISORY) for each in report.defects],
                ),
            )
            if each.lines
        ),
        foot=_foot(report),
        foot_right=f"made {clock(report.made_at, report.zone)}",
    )


def _outcome(report: NightReport) -> tuple[str, Status]:
    if report.outcome is None:
        return "Not over yet", Status.RUNNING
    return BIG_WORDS[report.outcome]


def _when(report: NightReport) -> str:
    zone, start = report.zone, report.opened_at
    end = report.ended_at or report.made_at
    span = f"{clock(start, zone)} to {clock(end, zone)} {zone_name(end, zone)}"
    return f"{day(start, zone)} {start:%Y}, {span}"


def _says(report: NightReport) -> str:
    because = report.because or report.standing_reasons
    words = "; ".join(because)
    return f"{words[:1].upper()}{words[1:]}." if words else "The night goes on."


def _figures(report: NightReport) -> tuple[Figure, ...]:
    """Give five figures: steps, time, end, the way back or the holds, totals."""
    end = report.ended_at or report.made_at
    lasts = report.window_end - report.window_start
    return (
        Figure(label="Steps done", value=f"{report.done} of {report.planned}", note=_kinds(report)),
        Figure(
            label="Time used",
            value=minutes(end - report.opened_at),
            note=f"window of {minutes(lasts)}",
        ),
        _end(report),
        _back(report) if report.rollback else _holds(report),
        _totals(report),
    )


def _kinds(report: NightReport) -> str:
    states = [row.state for row in report.steps if not row.undo]
    parts = [
        f"{states.count(state)} {word}"
        for state, word in (
            (StepState.FAILED, "failed"),
            (StepState.SKIPPED, "skipped"),
            (StepState.NOT_NEEDED, "not needed"),
        )
        if state in states
    ]
    return ", ".join(parts) or "nothing left out"


def _end(report: NightReport) -> Figure:
    if report.late is None:
        says = "no window counts" if report.type == "rehearsal" else "not over"
        return Figure(label="End against window", value="none", note=says)
    word = "late" if report.late > _NO_TIME else "early"
    end = clock(report.window_end, report.zone)
    return Figure(
        label="End against window",
        value=f"{minutes(abs(report.late))} {word}",
        note=f"window until {end}",
    )


def _back(report: NightReport) -> Figure:
    undone = [row for row in report.steps if row.undo and row.started and row.finished]
    starts = [row.started for row in undone if row.started]
    ends = [row.finished for row in undone if row.finished]
    if not starts or not ends:
        return Figure(label="Rollback took", value="unknown", note="no undo step ended")
    span = f"{clock(min(starts), report.zone)} to {clock(max(ends), report.zone)}"
    return Figure(label="Rollback took", value=minutes(max(ends) - min(starts)), note=span)


def _holds(report: NightReport) -> Figure:
    unplanned = [row for row in report.holds if row.is_unplanned]
    lasted = sum((row.lasted for row in unplanned if row.lasted is not None), _NO_TIME)
    note = minutes(lasted) if unplanned else "nothing was held up"
    if any(row.lasted is None for row in unplanned):
        note = "still standing"
    return Figure(label="Unplanned holds", value=str(len(unplanned)), note=note)


def _totals(report: NightReport) -> Figure:
    if not report.totals:
        return Figure(label="Control totals", value="none", note="the plan takes none")
    unread = sum(row.value is None for row in report.totals)
    closed = sum(bool(row.closed) for row in report.totals)
    value = f"{unread} unknown" if unread else f"{len(report.totals)} taken"
    note = f"{counted(closed, 'difference')} closed" if closed else "no difference recorded"
    return Figure(label="Control totals", value=value, note=note)


def _criteria(report: NightReport) -> Section:
    """Give the criteria by which the outcome was judged, each with what it came to."""
    back = report.rollback
    lines = [
        _ended(report),
        _steps_done(report),
        Line(
            text="Everything as planned",
            right=f"{len(report.issues)} not" if report.issues else "yes",
            status=Status.WARNING if report.issues else Status.DONE,
        ),
    ]
    if back is not None:
        lines.append(
            Line(
                text="Old version wanted and observed",
                right=str(back.state).replace("_", " "),
                status=Status.DONE if back.is_yes else Status.FAILED,
            )
        )
    return _section("Outcome by the written criteria", lines)


def _ended(report: NightReport) -> Line:
    text = "The run came to its end"
    if report.ended_at is not None:
        return Line(text=text, right="yes", status=Status.DONE)
    if report.outcome is None:
        return Line(text=text, right="not yet", status=Status.WAITING)
    return Line(text=text, right="no", status=Status.FAILED)


def _steps_done(report: NightReport) -> Line:
    text = "Every step done or not needed"
    forward = [row for row in report.steps if not row.undo]
    undone = [row for row in forward if row.state in {StepState.FAILED, StepState.SKIPPED}]
    if undone:
        names = ", ".join(row.step for row in undone[:3])
        return Line(text=text, right=names, status=Status.FAILED)
    coming = sum(row.state in _COMING for row in forward)
    if coming:
        return Line(text=text, right=f"{coming} to come", status=Status.WAITING)
    return Line(text=text, right="yes", status=Status.DONE)


def _plan(report: NightReport) -> Section:
    """Give plan against actual: what deviates first, else the order of the plan."""
    forward = [row for row in report.steps if not row.undo]
    chosen = sorted(forward, key=lambda row: (not row.deviations, forward.index(row)))[:MOST]
    chosen.sort(key=forward.index)
    off = sum(bool(row.deviations) for row in forward)
    return Section(
        title="Plan against actual",
        note=f"{counted(len(forward), 'step')}, {off} otherwise than planned",
        lines=tuple(_step(report, row) for row in chosen),
        heads=("plan", "actual", "difference"),
    )


def _step(report: NightReport, row: StepRow) -> Line:
    planned = clock(row.planned_start, report.zone) if row.planned_start else "unplanned"
    actual = clock(row.started, report.zone) if row.started else "not run"
    if row.started and row.planned_start:
        by = row.started - row.planned_start
        short = minutes(timedelta(minutes=abs(by) // timedelta(minutes=1)))
        difference = "on time"
        if abs(by) >= timedelta(minutes=1):
            difference = f"{short} {'later' if by > _NO_TIME else 'earlier'}"
    else:
        difference = str(row.state).replace("_", " ")
    return Line(text=row.title, cells=(planned, actual, difference), is_strong=True)


def _decisions(report: NightReport, naming: Naming) -> Section:
    lines = [
        *commands(report, naming),
        *signatures(report, naming),
        *amendments(report, naming),
    ]
    lines.sort(key=lambda line: line.order)
    return _section("Decisions and amendments", lines)


def _section(title: str, lines: list[Line], note: str = "") -> Section:
    """Give a section that keeps to the page, and says how many lines are only in the text."""
    more = len(lines) - MOST
    said = f"{note}, and {more} more" if note and more > 0 else f"and {more} more"
    return Section(title=title, note=said if more > 0 else note, lines=tuple(lines[:MOST]))


def _open_note(report: NightReport) -> str:
    return f"{sum(each.closed is None for each in report.problems)} open"


def _foot(report: NightReport) -> str:
    if report.figures is None:
        return "No figures of the record."
    root = report.figures.root
    digest = " ".join(root[at : at + 4] for at in (0, 4, 8))
    loose = any(each.startswith("not anchored") for each in report.defects)
    anchored = "not anchored" if loose else "anchored outside this machine"
    return f"Made from {report.figures.facts} facts, journal digest {digest}, {anchored}"
