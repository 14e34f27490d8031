"""Beside the night report: which nights there are, and what is to be done before it goes out."""

from __future__ import annotations

from dataclasses import dataclass

from relconsole.domain.kernel.ids import RunId
from relconsole.domain.night.change_facts import ClosureCode
from relconsole.domain.night.facts import RunOutcome
from relconsole.domain.night.report import NightReport
from relconsole.domain.night.state import RunState
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.report_words import Naming, recorded_for
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock, counted, day

_STATUS = {
    RunOutcome.FINISHED: Status.DONE,
    RunOutcome.ROLLED_BACK: Status.DONE,
    RunOutcome.STOPPED: Status.NO_GO,
    RunOutcome.HELD: Status.HOLD,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NightRow:
    """A night of the journal."""

    run: RunId
    title: str
    when: str
    says: str
    status: Status

    @property
    def key(self) -> str:
        """Give what tells the row from the others."""
        return self.run

    @property
    def sentence(self) -> str:
        """Give the row as it is spoken."""
        return f"{self.title}, {self.when}, {self.says}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSide:
    """What is to be done; ``why_not`` says why the code cannot be confirmed, empty where it can.

    ``codes`` are the ones to choose from, ``proposed`` the one of the report.
    """

    note: str
    closure_title: str
    closure_says: tuple[str, ...]
    codes: tuple[str, ...]
    proposed: str
    may_confirm: bool
    why_not: str
    recorded: tuple[str, ...]
    goes_to: tuple[tuple[str, str], ...]


def present_nights(seen: Seen) -> tuple[NightRow, ...]:
    """Give the nights of the journal, the newest first."""
    runs = sorted(seen.state.runs.values(), key=lambda run: (run.opened_at, run.id), reverse=True)
    return tuple(_night(seen, run) for run in runs)


def _night(seen: Seen, run: RunState) -> NightRow:
    release = seen.state.workspace.releases[run.release]
    kind = "rehearsal, " if run.rehearsal else ""
    says = "open" if run.outcome is None else str(run.outcome).replace("_", " ")
    return NightRow(
        run=run.id,
        title=release.title,
        when=f"{day(run.opened_at, seen.zone)}, {clock(run.opened_at, seen.zone)}",
        says=f"{kind}{says}",
        status=Status.RUNNING if run.outcome is None else _STATUS.get(run.outcome, Status.DONE),
    )


def present_report_side(report: NightReport, seen: Seen, naming: Naming) -> ReportSide:
    """Give what is to be done about a report before it goes out."""
    change = report.change.partition(" in ")[0]
    why_not = _why_not(report, seen)
    to_do = int(bool(report.closure and change and report.confirmed is None))
    return ReportSide(
        note=f"{to_do} to do" if to_do else "",
        closure_title=f"Closure code of {change}" if change else "Closure code",
        closure_says=_closure(report, naming),
        codes=tuple(ClosureCode) if report.closure else (),
        proposed=report.closure,
        may_confirm=not why_not,
        why_not=why_not,
        recorded=tuple(f"{line.text}: {line.right}" for line in recorded_for(report, naming)),
        goes_to=(*(((change, "work note"),) if change else ()), ("Morning call", "print")),
    )


def _closure(report: NightReport, naming: Naming) -> tuple[str, ...]:
    found = report.confirmed
    if found is not None:
        at = clock(found.at, report.zone)
        said = f"Confirmed: {found.code}"
        return (said, f"{naming(found.by)}, {at}", *((found.note,) if found.note else ()))
    if not report.closure:
        return ("Nothing is proposed before the end.",)
    return (f"Proposed: {report.closure}", "Not set until a person confirms")


def _why_not(report: NightReport, seen: Seen) -> str:
    if report.type == "rehearsal":
        return "A rehearsal touches no change record"
    if not report.change:
        return "The release has no change record"
    if not report.closure:
        return "The night is not over"
    return "" if seen.person is not None else "Open your key first"


def recorded_note(side: ReportSide) -> str:
    """Give how many people had acts recorded for them."""
    return counted(len(side.recorded), "person", "people") if side.recorded else "nobody"
