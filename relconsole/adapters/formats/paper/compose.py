"""What belongs on paper for a night, in the order in which people need it.

The present state and the ways to reach people first, then the runbook to tick off, the prepared
rollback, and lines for what is done by hand and entered later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from immutables import Map

from relconsole.adapters.formats.paper.blocks import (
    Block,
    Cell,
    Heading,
    Sheet,
    Table,
    cell,
    facts,
    lines,
)
from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.people import Person
from relconsole.domain.kernel.ids import Digest, StepId
from relconsole.domain.night.answer import StepLine, step_line
from relconsole.domain.night.brief import Brief, make_brief
from relconsole.domain.night.brief_text import say_need, say_open, say_problem, say_vendor
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.muster import Muster, make_muster
from relconsole.domain.night.state import RunState, StepRun
from relconsole.domain.night.wording import say_clock, say_duration, say_instant
from relconsole.domain.plan.forecast import Forecast
from relconsole.domain.plan.runbook import JobRun, Step, StepKind, UndoKind
from relconsole.domain.plan.schedule import plan_schedule
from relconsole.domain.release.release import Release
from relconsole.domain.rollback.plan import RollbackPlan

SIGNS: Final[Mapping[StepState, str]] = {
    StepState.NOT_STARTED: "☐",
    StepState.READY: "☐",
    StepState.RUNNING: "▶",
    StepState.WAITING: "◔",
    StepState.DONE: "☑",
    StepState.DONE_WITH_REMARK: "☑!",
    StepState.FAILED: "☒",
    StepState.SKIPPED: "–",
    StepState.NOT_NEEDED: "–",
}
"""A shape for each state, so that it reads without colour; the word stands below it."""

_RUNBOOK_HEAD: Final = ("", "Time", "Step", "Owner", "Takes", "Way back", "Start", "End")
_RUNBOOK_WIDTHS: Final = (13.0, 22.0, 66.0, 19.0, 15.0, 19.0, 14.0, 14.0)
_PEOPLE_WIDTHS: Final = (44.0, 82.0, 56.0)
_LOG_LINES: Final = 24
_LOG_HEIGHT: Final = 9.0
"""Millimetres of a line that a tired hand writes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperNight:
    """What is to be printed, at ``made_at`` in UTC.

    ``plan`` is the digest of the runbook. ``run`` is None before the night, ``forecast`` where none
    was made, ``rollback`` where none could be prepared. ``latest`` holds the latest safe rollback
    start after each step, None where there is no way back.
    """

    release: Release
    estate: Estate
    plan: Digest
    made_at: datetime
    run: RunState | None = None
    forecast: Forecast | None = None
    rollback: RollbackPlan | None = None
    latest: Mapping[StepId, datetime | None] = Map()


def compose_sheet(night: PaperNight) -> Sheet:
    """Give everything that is printed, as blocks of plain text."""
    release = night.release
    brief = (
        None
        if night.run is None
        else make_brief(night.run, release, night.estate, night.made_at, forecast=night.forecast)
    )
    muster = make_muster(
        release, night.estate, night.made_at, run=night.run, forecast=night.forecast
    )
    return Sheet(
        title=facts([("", f"{release.title} ({release.id})")]).rows[0][1],
        printed=say_instant(night.made_at, release.zone),
        plan=night.plan,
        blocks=(
            *_state(night, brief),
            *_bridge(muster),
            *_people(night, muster),
            *_runbook(night),
            *_rollback(night),
            *_log(),
        ),
    )


def _state(night: PaperNight, brief: Brief | None) -> Iterator[Block]:
    """Give how the night stands when it is printed."""
    release, zone = night.release, night.release.zone
    yield Heading(text="Present state")
    if brief is None:
        yield facts([("State", "not started"), ("Commander", release.commander)], loud=True)
    else:
        state = str(brief.outcome) if brief.outcome else "running"
        yield facts(
            [
                ("State", f"{state}, {brief.ended} of {brief.planned} steps ended"),
                ("Commander", _command(brief)),
                ("Way back", _way_back(brief, zone)),
            ],
            loud=True,
        )
    yield facts(
        [
            ("Environment", release.environment),
            ("Change", f"{release.change.id} in {release.change.system}" if release.change else ""),
            ("Window", f"{say_instant(release.window.start, zone)} to"),
            ("", say_instant(release.window.end, zone)),
            ("Deadline", say_instant(release.deadline, zone)),
            ("Scribe", release.scribe or ""),
            ("Forecast", _forecast(brief, zone)),
        ]
    )
    if brief is not None:
        yield from _trouble(brief)


def _trouble(brief: Brief) -> Iterator[Block]:
    """Give what holds the night, and what is open."""
    zone = brief.zone
    standing = [
        *brief.reasons,
        *(f"trigger {trigger} stands" for trigger in brief.triggers),
        *(f"not settled: {effect}" for effect in brief.unsettled),
    ]
    if standing:
        yield lines(standing, boxed=True)
    for title, texts in (
        ("Under way and next", [say_need(need, zone) for need in brief.coming[:6]]),
        ("Problems and decisions", [say_problem(each, zone) for each in brief.problems]),
        ("Left open", [say_open(each, zone) for each in brief.left_open]),
    ):
        if texts:
            yield Heading(text=title)
            yield lines(texts)


def _bridge(muster: Muster) -> Iterator[Block]:
    """Give the ways onto the bridge and to the vendors."""
    bridge = muster.bridge
    yield Heading(text="Bridge")
    if bridge is None:
        yield lines(["no bridge named"], boxed=True)
    else:
        yield facts(
            [
                *((f"Dial-in {each.country.upper()}", each.number) for each in bridge.dial_in),
                ("Link", bridge.link),
                ("Back-up", bridge.backup),
            ],
            loud=True,
        )
    if muster.vendors:
        yield Heading(text="Vendors")
        yield lines(say_vendor(muster, index) for index in range(len(muster.vendors)))


def _people(night: PaperNight, muster: Muster) -> Iterator[Block]:
    """Give everybody who has a part in the night, with the ways to reach them in order."""
    roles = {line.person: line.roles for line in muster.people}
    owners = {step.owner for step in _steps(night)}
    stations = {station for step in _steps(night) for station in step.stations}
    taking_part = [
        person
        for person in night.estate.people.values()
        if person.id in owners
        or person.id in roles
        or stations.intersection((person.id, person.team or "", *person.roles))
    ]
    yield Heading(text="People", starts_page=True)
    if muster.nobody:
        yield lines(
            (
                f"NOBODY for {need.title} at {say_clock(need.at, muster.zone)}: "
                f"{need.role} {need.asked}"
                for need in muster.nobody
            ),
            boxed=True,
        )
    yield Table(
        head=("Who", "Reach in this order", "Hours and zone"),
        widths=_PEOPLE_WIDTHS,
        rows=tuple(_person(person, roles.get(person.id, ())) for person in taking_part),
    )


def _person(person: Person, roles: tuple[str, ...]) -> tuple[Cell, ...]:
    """Give a row for a person."""
    ways = [f"{number}. {way.way}: {way.value}" for number, way in enumerate(person.reach, 1)]
    hours = (
        "hours unknown"
        if person.on_duty is None
        else f"{person.on_duty.start:%H:%M}-{person.on_duty.end:%H:%M}"
    )
    return (
        cell(person.name, f"{person.id}, {person.team or 'no team'}", ", ".join(roles)),
        cell(ways[0] if ways else "NO WAY TO REACH KNOWN", *ways[1:]),
        cell(hours, person.zone),
    )


def _runbook(night: PaperNight) -> Iterator[Block]:
    """Give the runbook to tick off."""
    steps = _steps(night)
    yield Heading(text="Runbook", starts_page=True)
    if not steps:
        yield lines(["the plan has no steps"], boxed=True)
        return
    planned = plan_schedule(steps, night.release.window.start)
    rows = tuple(
        _step(night, step, planned.instant_of(planned.steps[step.id].start)) for step in steps
    )
    yield Table(head=_RUNBOOK_HEAD, widths=_RUNBOOK_WIDTHS, rows=rows)


def _rollback(night: PaperNight) -> Iterator[Block]:
    """Give the prepared rollback, to be walked by hand if it comes to that."""
    zone = night.release.zone
    yield Heading(text="Prepared rollback", starts_page=True)
    plan = night.rollback
    if plan is None:
        yield lines(["no rollback is prepared for this plan"], boxed=True)
        return
    yield facts(
        [
            ("Covers", ", ".join(plan.covered)),
            ("Digest", plan.digest),
            *(
                (
                    item.service,
                    f"at {item.environment}: from {' or '.join(item.before) or 'unknown'} back to "
                    f"{item.after or 'unknown'}",
                )
                for item in plan.items
            ),
            *(
                (
                    f"Restore {point.id}",
                    f"{point.what}, kept at {point.where}, before {point.before}"
                    + (f", until {say_clock(point.kept_until, zone)}" if point.kept_until else ""),
                )
                for point in plan.restore_points
            ),
            *(
                (f"Total {total.id}", f"{total.title}: {total.query}")
                for total in plan.control_totals
            ),
        ]
    )
    yield lines(
        ["Only two people may start this. Say aloud who, and write both names and the time."],
        boxed=True,
    )
    yield Table(
        head=_RUNBOOK_HEAD,
        widths=_RUNBOOK_WIDTHS,
        rows=tuple(_step(night, step, None) for step in plan.steps),
    )


def _log() -> Iterator[Block]:
    """Give lines for what is done on paper."""
    yield Heading(text="By hand, to be entered later with both times", starts_page=True)
    yield Table(
        head=("Time (UTC)", "Who", "What was done, seen or said", "Entered"),
        widths=(24.0, 30.0, 104.0, 24.0),
        rows=tuple(tuple(cell("") for _ in range(4)) for _ in range(_LOG_LINES)),
        row_height=_LOG_HEIGHT,
    )


def _step(night: PaperNight, step: Step, planned: datetime | None) -> tuple[Cell, ...]:
    """Give a row for a step, with its actual times where it has them."""
    zone = night.release.zone
    found = _line(night, step)
    state = str(found.state).replace("_", " ")
    time = f"{planned:%H:%M}Z" if planned else "-"
    local = say_clock(planned, zone).partition(" ")[2] if planned else ""
    return (
        cell(SIGNS[found.state], "" if found.state is StepState.NOT_STARTED else state),
        cell(time, local),
        cell(step.title, *_below(step, zone)),
        cell(step.owner or "-", step.stream),
        cell(_takes(step)),
        cell(*_undo(night, step)),
        cell(f"{found.started:%H:%M}Z" if found.started else ""),
        cell(
            f"{found.finished:%H:%M}Z" if found.finished else "",
            found.by or "",
            f"rec. {found.recorded_by}" if found.recorded_by else "",
        ),
    )


def _below(step: Step, zone: str) -> Iterator[str]:
    """Give what somebody must know to do a step without the console."""
    kind = f"{step.kind}, {step.mode}" if step.kind is StepKind.MANUAL else str(step.kind)
    yield f"{step.id}: {kind}" + (f", after {', '.join(step.after)}" if step.after else "")
    if step.not_before is not None:
        yield f"not before {say_clock(step.not_before, zone)}"
    if step.run is not None:
        yield _job(step.run)
    if step.stations:
        needed = step.quorum if step.quorum is not None else len(step.stations)
        yield f"asks {', '.join(step.stations)}; {needed} needed"
    for check in step.checks:
        limits = [f"below {check.below:g}"] if check.below is not None else []
        limits += [f"above {check.above:g}"] if check.above is not None else []
        yield f"check {check.id}: {check.query} {' and '.join(limits)}"
    if step.changes_data:
        yield "changes data: a verified restore point first"
    if step.note:
        yield step.note


def _job(run: JobRun) -> str:
    """Give a job with its parameters."""
    given = ", ".join(f"{name}={value}" for name, value in sorted(run.parameters.items()))
    return f"runs {run.job} at {run.system}" + (f" with {given}" if given else "")


def _takes(step: Step) -> str:
    """Give how long a step takes, to its worst case where it has a range."""
    likely = say_duration(step.duration.likely)
    return f"{likely} to {say_duration(step.duration.worst)}" if step.duration.has_range else likely


def _undo(night: PaperNight, step: Step) -> tuple[str, ...]:
    """Give the way back of a step, and until when it can be taken."""
    match step.undo.kind:
        case UndoKind.NONE:
            words = "-"
        case UndoKind.IRREVERSIBLE:
            words = "NONE: IRREVERSIBLE"
        case _:
            duration = step.undo.duration
            words = say_duration(duration.likely) if duration else str(step.undo.kind)
    latest = night.latest.get(step.id)
    return (words, f"by {say_clock(latest, night.release.zone)}") if latest else (words,)


def _line(night: PaperNight, step: Step) -> StepLine:
    """Give a step as it stands, not started before the night."""
    nothing = StepRun(step=step.id)
    return step_line(step, nothing if night.run is None else night.run.steps.get(step.id, nothing))


def _steps(night: PaperNight) -> tuple[Step, ...]:
    """Give the steps of the plan as it is now."""
    return night.release.runbook.steps if night.run is None else night.run.runbook.steps


def _command(brief: Brief) -> str:
    """Give who commands, and to whom the command is offered."""
    return brief.commander + (f", offered to {brief.offered_to}" if brief.offered_to else "")


def _way_back(brief: Brief, zone: str) -> str:
    """Give until when the night can be taken back."""
    if brief.rollback is not None and brief.rollback.fired_at is not None:
        ending = (
            str(brief.rollback.ending).replace("_", " ") if brief.rollback.ending else "running"
        )
        return f"rollback fired {say_clock(brief.rollback.fired_at, zone)}, {ending}"
    if brief.outlook is None:
        return "latest safe start unknown"
    if brief.outlook.latest_safe_start is None:
        return "NONE: something irreversible has begun"
    return f"start by {say_clock(brief.outlook.latest_safe_start, zone)}"


def _forecast(brief: Brief | None, zone: str) -> str:
    """Give when the night ends, as far as anybody worked it out."""
    if brief is None or brief.outlook is None:
        return "unknown"
    outlook = brief.outlook
    return (
        f"ends {say_clock(outlook.end_p50, zone)}, nine of ten by "
        f"{say_clock(outlook.end_p90, zone)}, in the window {outlook.in_window:.0%}"
    )
