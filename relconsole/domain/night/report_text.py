"""The night report as plain text: one page first, then the detail."""

from __future__ import annotations

from collections.abc import Iterator

from relconsole.domain.night.alert_report import say_alert_act
from relconsole.domain.night.brief_text import say_open, say_problem
from relconsole.domain.night.layout import heading, labelled, page, paragraph, section, table
from relconsole.domain.night.message_report import say_sent
from relconsole.domain.night.muster_report import say_muster_row
from relconsole.domain.night.plan_against_actual import StepRow
from relconsole.domain.night.relief import ReliefLine, ReliefState
from relconsole.domain.night.report import NightReport
from relconsole.domain.night.report_sections import HoldRow, TriggerRow
from relconsole.domain.night.rollback_answer import RollbackAnswer
from relconsole.domain.night.wording import (
    one_line,
    say_clock,
    say_duration,
    say_instant,
    say_lateness,
    say_person,
)

_ON_THE_PAGE = 6
"""Lines of each list on the first page; all of them are in the detail."""


def render_report(report: NightReport) -> str:
    """Give the report as text of at most 80 columns: a page, and the detail after it."""
    return page([*_first_page(report), "", "-" * 80, *_detail(report)])


def _first_page(report: NightReport) -> Iterator[str]:
    """Give what fits on one page."""
    zone = report.zone
    yield from labelled("NIGHT REPORT", one_line(report.title))
    yield from labelled("release", f"{report.release} in {report.environment} ({report.type})")
    yield from labelled("change", report.change)
    yield from labelled("outcome", _outcome(report))
    yield from labelled("because", one_line("; ".join(report.because), cap=400))
    yield from labelled("closure code", _closure(report))
    yield from labelled(
        "window",
        f"{say_instant(report.window_start, zone)} to {say_instant(report.window_end, zone)}",
    )
    yield from labelled(
        "run", f"{report.run}, opened {say_instant(report.opened_at, zone)}{_by(report)}"
    )
    yield from labelled("ended", _ended(report))
    yield from labelled("approval", one_line(report.approval))
    yield from labelled("commanders", _commanders(report))
    yield from labelled("steps", f"{report.done} of {report.planned} done")
    yield from _short("Not as planned", report.issues)
    yield from _short("Problems", [say_problem(each, zone) for each in report.problems])
    yield from _short("Left open", [say_open(each, zone) for each in report.left_open])
    yield from _short("What this report cannot prove", report.defects)
    yield ""
    yield from labelled("record", _record(report))
    yield from labelled("made", say_instant(report.made_at, zone))


def _detail(report: NightReport) -> Iterator[str]:
    """Give everything, section by section."""
    zone = report.zone
    yield from _steps(report)
    yield from section("Not as planned", report.issues[_ON_THE_PAGE:])
    yield from section("Holds", (_hold(each, zone) for each in report.holds))
    yield from section("Triggers", (_trigger(each, zone) for each in report.triggers))
    yield from section("Alerts", (say_alert_act(each, zone) for each in report.alerts))
    yield from section("Messages", (say_sent(each, zone) for each in report.messages))
    yield from section("Muster", (say_muster_row(each, zone) for each in report.muster))
    yield from section(
        "Problems",
        (
            f"{say_problem(each, zone)}; "
            + (
                f"closed {say_clock(each.closed, zone)}: {one_line(each.decision) or 'no word'}"
                if each.closed
                else "open"
            )
            for each in report.problems
        ),
    )
    yield from section(
        "Amendments",
        (
            f"{say_clock(each.at, zone)} {say_person(each.by)}"
            + (f" and {each.second}" if each.second else "")
            + f": {one_line(each.reason)}; {one_line('; '.join(each.says), cap=400)}"
            for each in report.amendments
        ),
    )
    yield from section(
        "Acts of two people",
        (
            f"{say_clock(each.at, zone)} {each.act}, {one_line(each.thing)}: {say_person(each.by)} "
            f"and {each.second}, who signed at {say_clock(each.signed_at, zone)}"
            for each in report.signatures
        ),
    )
    yield from section(
        "Effects settled by hand",
        (
            f"{say_clock(each.at, zone)} {each.what}{f' for {each.step}' if each.step else ''}: "
            f"{each.outcome or 'never happened'}, says {say_person(each.by)}: {one_line(each.note)}"
            for each in report.settled
        ),
    )
    yield from section(
        "Control totals",
        (
            f"{each.total} {each.moment.replace('_', ' ')}: "
            f"{'unknown' if each.value is None else f'{each.value:g}'}"
            + (f"; difference closed by {one_line(each.closed)}" if each.closed else "")
            for each in report.totals
        ),
    )
    yield from section("Relief", (_relief(each, zone) for each in report.relief))
    if report.rollback is not None:
        yield from section("Rollback", _rollback(report.rollback))
    yield from section("Left open", (say_open(each, zone) for each in report.left_open))


def _steps(report: NightReport) -> Iterator[str]:
    """Give the plan against what happened, with the deviations of a step below it."""
    if not report.steps:
        return
    yield from heading("Plan against actual")
    widths = (22, 13, 14, 14, 11)
    yield from table([("step", "state", "planned", "actual", "took")], widths)
    for row in report.steps:
        planned = say_clock(row.planned_start, report.zone) if row.planned_start else "-"
        actual = say_clock(row.started, report.zone) if row.started else "-"
        took = say_duration(row.took) if row.took is not None else "-"
        state = str(row.state).replace("_", " ")
        name = f"undo {row.step}" if row.undo else row.step
        yield from table([(name, state, planned, actual, took)], widths)
        words = _whose(row)
        if words:
            yield from paragraph(words, indent=6)


def _whose(row: StepRow) -> str:
    """Give whose acts a step was, how it deviated, and what was noted."""
    recorder = row.recorded_by
    acted = say_person(row.by) if recorder is None else say_person(recorder, row.by, row.heard)
    parts = [
        f"by {acted}" if row.by else "",
        ", ".join(row.deviations).upper(),
        f"attempts {row.attempts}" if row.attempts > 1 else "",
        one_line(row.note),
    ]
    return "; ".join(part for part in parts if part)


def _short(title: str, lines: tuple[str, ...] | list[str]) -> list[str]:
    """Give a section that keeps the page: its first lines, and how many more there are."""
    shown = [one_line(line, cap=156) for line in lines[:_ON_THE_PAGE]]
    more = len(lines) - len(shown)
    return section(title, [*shown, f"and {more} more, see the detail"] if more else shown)


def _outcome(report: NightReport) -> str:
    """Give the outcome in words."""
    if report.outcome is not None:
        return str(report.outcome).replace("_", " ").upper()
    reasons = one_line("; ".join(report.standing_reasons), cap=400)
    return f"NOT OVER, {report.standing or 'running'}" + (f": {reasons}" if reasons else "")


def _closure(report: NightReport) -> str:
    """Give the closure code, confirmed or proposed."""
    found = report.confirmed
    if found is not None:
        note = f": {one_line(found.note)}" if found.note else ""
        at = say_clock(found.at, report.zone)
        return f"{found.code} (confirmed {at} by {say_person(found.by)}{note})"
    if not report.closure:
        return ""
    return f"{report.closure} (proposed; counts once a person has confirmed it)"


def _by(report: NightReport) -> str:
    """Give who opened the run, where somebody did."""
    return f" by {report.opened_by}" if report.opened_by else ""


def _ended(report: NightReport) -> str:
    """Give when the run ended, against the end of the window."""
    if report.ended_at is None:
        return "not yet"
    late = f", {say_lateness(report.late)} against the window" if report.late is not None else ""
    return say_instant(report.ended_at, report.zone) + late


def _commanders(report: NightReport) -> str:
    """Give who commanded, in turn."""
    turns = [f"{each.person} from {say_clock(each.since, report.zone)}" for each in report.commands]
    return ", ".join(turns) or report.commander


def _record(report: NightReport) -> str:
    """Give the figures by which the record behind this can be checked."""
    plan = f"plan {report.plan}"
    if report.figures is None:
        return plan
    return f"{report.figures.facts} facts, root {report.figures.root}; {plan}"


def _hold(row: HoldRow, zone: str) -> str:
    """Give a hold with how long it stood."""
    lasted = f"{say_duration(row.lasted)}" if row.lasted is not None else "still standing"
    by = f", ended by {say_person(row.ended_by)}" if row.ended is not None else ""
    note = f": {one_line(row.note)}" if row.note else ""
    why = f"; {one_line('; '.join(row.reasons), cap=300)}" if row.reasons else ""
    return (
        f"{say_clock(row.began, zone)} {row.cause.replace('_', ' ')} {one_line(row.thing)}, "
        f"{lasted}{by}{note}{why}"
    )


def _trigger(row: TriggerRow, zone: str) -> str:
    """Give a trigger with what became of it."""
    ended = f" at {say_clock(row.ended, zone)}" if row.ended else ""
    by = f" by {row.by}" if row.by else ""
    note = f": {one_line(row.note)}" if row.note else ""
    return (
        f"{row.trigger} stood at {say_clock(row.stood, zone)} with {row.value:g}, {row.ending}"
        f"{ended}{by}{note}; {one_line('; '.join(row.reasons), cap=300)}"
    )


def _relief(line: ReliefLine, zone: str) -> str:
    """Give a relief step: whether it was used, by whom, and how it stands."""
    if line.state is ReliefState.UNUSED:
        return f"{one_line(line.title)}: relief, not used"
    since = f" since {say_clock(line.since, zone)}" if line.since else ""
    return f"{one_line(line.title)}: {line.state}{since}, used by {say_person(line.by)}"


def _rollback(answer: RollbackAnswer) -> Iterator[str]:
    """Give how the rollback ended, what was observed, and what is left."""
    yield str(answer.state).replace("_", " ")
    for line in answer.fleet or answer.preflight:
        yield (
            f"{line.service} at {line.environment}: "
            f"{line.observed or 'unknown'}, back to {line.target}"
            f"{'' if line.ok else ' - NOT AS IT SHOULD BE'}"
        )
    for row in answer.reconcile:
        yield f"to reconcile: {one_line(row.item)}: {one_line(row.reason)}"
