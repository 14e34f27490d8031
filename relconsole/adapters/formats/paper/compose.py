"""What belongs on paper for a night, in the order in which people need it.

The present state and the ways to reach people first, then the runbook to tick off, the prepared
rollback, and lines for what is done by hand and entered later.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

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
from relconsole.adapters.formats.paper.paper_night import PaperNight
from relconsole.adapters.formats.paper.rows import step_row, undo_row
from relconsole.domain.estate.people import Person
from relconsole.domain.night.ahead import Need, coming_steps, needs_of, people_of_station
from relconsole.domain.night.brief import Brief, make_brief
from relconsole.domain.night.brief_text import say_need, say_open, say_problem, say_vendor
from relconsole.domain.night.muster import Muster, make_muster
from relconsole.domain.night.wording import one_line, say_clock, say_instant, say_lateness
from relconsole.domain.plan.schedule import plan_schedule

_RUNBOOK_HEAD: Final = ("", "UTC", "Step", "Owner", "Takes", "Way back", "Start", "End")
_RUNBOOK_WIDTHS: Final = (14.0, 15.0, 67.0, 24.0, 14.0, 19.0, 14.5, 14.5)
_ROLLBACK_HEAD: Final = ("", "After", "Step", "Owner", "Takes", "Start", "End")
_ROLLBACK_WIDTHS: Final = (14.0, 15.0, 86.0, 24.0, 14.0, 14.5, 14.5)
_PEOPLE_WIDTHS: Final = (50.0, 82.0, 50.0)
_AHEAD: Final = 6
"""Coming needs on the first page."""
_LOG_LINES: Final = 24
_LOG_HEIGHT: Final = 9.0
"""Millimetres of a line that a tired hand writes on."""


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
        title=one_line(f"{_rehearsal(night)}{release.title} ({release.id})"),
        printed=say_instant(night.made_at, release.zone),
        plan=night.plan,
        blocks=(
            *_state(night, brief),
            *_bridge(muster),
            *_ahead(night, brief),
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
        state = str(brief.outcome).replace("_", " ").upper() if brief.outcome else "running"
        yield facts(
            [
                (
                    "State",
                    f"{_rehearsal(night)}{state}, {brief.ended} of {brief.planned} steps ended",
                ),
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
    if brief is not None and _standing(brief):
        yield lines(_standing(brief), boxed=True)


def _ahead(night: PaperNight, brief: Brief | None) -> Iterator[Block]:
    """Give what is next and what is open."""
    zone = night.release.zone
    for title, texts in (
        ("Under way and next", [_need(need, zone) for need in _coming(night, brief)[:_AHEAD]]),
        ("Problems and decisions", [say_problem(p, zone) for p in brief.problems] if brief else []),
        ("Left open", [say_open(each, zone) for each in brief.left_open] if brief else []),
    ):
        if texts:
            yield Heading(text=title)
            yield lines(texts)


def _coming(night: PaperNight, brief: Brief | None) -> tuple[Need, ...]:
    """Give who is needed for what comes next, before the night as the plan has it."""
    if brief is not None:
        return brief.coming
    release = night.release
    return tuple(
        need
        for coming in coming_steps(None, release, night.made_at, night.forecast)
        for need in needs_of(coming, night.estate, release.commander)
    )


def _rehearsal(night: PaperNight) -> str:
    """Give the word that keeps a rehearsal's print from being taken for the night's."""
    return "REHEARSAL: " if night.run is not None and night.run.rehearsal else ""


def _need(need: Need, zone: str) -> str:
    """Give a coming step with who is needed for it."""
    return f"{say_need(need, zone)}: {', '.join(need.people) or 'NOBODY'}"


def _standing(brief: Brief) -> list[str]:
    """Give what holds the night."""
    return [
        *brief.reasons,
        *(f"trigger {trigger} stands" for trigger in brief.triggers),
        *(f"not settled: {effect}" for effect in brief.unsettled),
    ]


def _bridge(muster: Muster) -> Iterator[Block]:
    """Give the ways onto the bridge."""
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


def _people(night: PaperNight, muster: Muster) -> Iterator[Block]:
    """Give everybody who has a part in the night, with the ways to reach them in order."""
    roles = {line.person: line.roles for line in muster.people}
    owners = {step.owner for step in night.steps}
    speaking = {
        person
        for step in night.steps
        for station in step.stations
        for person in people_of_station(night.estate, station)
    }
    first = {name: place for place, name in enumerate(roles)}
    taking_part = sorted(
        (
            person
            for person in night.estate.people.values()
            if person.id in owners or person.id in roles or person.id in speaking
        ),
        key=lambda person: (first.get(person.id, len(first)), person.id),
    )
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
    if muster.vendors:
        yield Heading(text="Vendors")
        yield lines(say_vendor(muster, index) for index in range(len(muster.vendors)))


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
    steps = night.steps
    yield Heading(text="Runbook", starts_page=True)
    if not steps:
        yield lines(["the plan has no steps"], boxed=True)
        return
    planned = plan_schedule(steps, night.release.window.start)
    rows = tuple(
        step_row(night, number, step, planned.instant_of(planned.steps[step.id].start))
        for number, step in enumerate(steps, 1)
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
                    (
                        f"at {item.environment}: from {' or '.join(item.before) or 'unknown'} "
                        f"back to {item.after or 'unknown'}"
                    ),
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
        ["Only two people may start this: say aloud who, and write both names and the time."],
        boxed=True,
    )
    started = plan_schedule(plan.steps, night.made_at)
    yield Table(
        head=_ROLLBACK_HEAD,
        widths=_ROLLBACK_WIDTHS,
        rows=tuple(
            undo_row(night, plan, place, started.steps[step.id].earliest_start)
            for place, step in enumerate(plan.steps)
        ),
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
        f"{say_lateness(outlook.late)}; ends {say_clock(outlook.end_p50, zone)}, nine of ten by "
        f"{say_clock(outlook.end_p90, zone)}, in the window {outlook.in_window:.0%}"
    )
