"""The relief brief and the muster as plain text, to read, paste or send."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from relconsole.domain.night.ahead import Need, NeedRole
from relconsole.domain.night.answer import OpenLine, ProblemLine
from relconsole.domain.night.brief import Brief, Outlook, UnderWay, WayBackLine, brief_digest
from relconsole.domain.night.layout import heading, labelled, page, paragraph, section
from relconsole.domain.night.muster import Muster, MusterLine
from relconsole.domain.night.muster_marks import MusterStanding
from relconsole.domain.night.wording import (
    one_line,
    say_clock,
    say_duration,
    say_instant,
    say_lateness,
    say_person,
)

_COMING = 8
"""Steps ahead that a brief names; the rest are in the runbook."""


def render_brief(brief: Brief) -> str:
    """Give the brief as text of at most 80 columns; the last line is the digest it is bound by."""
    zone = brief.zone
    return page(
        [
            *labelled("BRIEF", f"{one_line(brief.title)} ({brief.type})"),
            *labelled("at", say_instant(brief.at, zone)),
            *labelled("run", brief.run),
            *labelled("state", _state(brief)),
            *labelled("commander", _command(brief)),
            *labelled("steps", f"{brief.ended} of {brief.planned} ended"),
            *labelled("window ends", say_instant(brief.window_end, zone)),
            *_outlook(brief.outlook, zone),
            *labelled("rollback", _way_back(brief.rollback, zone)),
            *section("Under way", (_under_way(each, zone) for each in brief.under_way)),
            *section(
                "On hold",
                (
                    f"{each.cause} {each.thing} since {say_clock(each.since, zone)}: "
                    + one_line("; ".join(each.reasons))
                    for each in brief.holds
                ),
            ),
            *section("Triggers that stand", brief.triggers),
            *section("Problems and decisions", (say_problem(p, zone) for p in brief.problems)),
            *section("Left open", (say_open(each, zone) for each in brief.left_open)),
            *section("Effects not settled", (one_line(each) for each in brief.unsettled)),
            *section(
                f"Next for {brief.reader}" if brief.reader else "",
                (say_need(each, zone) for each in brief.mine),
            ),
            *_nothing_for(brief),
            *section(
                "Next", (f"{_whom(each)}: {say_need(each, zone)}" for each in _ahead(brief.coming))
            ),
            "",
            brief_digest(brief),
        ]
    )


def render_muster(muster: Muster) -> str:
    """Give the muster as text of at most 80 columns."""
    zone = muster.zone
    return page(
        [
            *labelled("MUSTER", one_line(muster.title)),
            *labelled("at", say_instant(muster.at, zone)),
            *labelled("needed until", say_instant(muster.until, zone)),
            *labelled("window", f"starts {say_instant(muster.window_start, zone)}"),
            *section(
                "Nobody for",
                (
                    f"{say_clock(each.at, zone)} {one_line(each.title)}: {_asked(each)}"
                    for each in muster.nobody
                ),
            ),
            *heading("People"),
            *(text for each in muster.people for text in _person(each, zone)),
            *section("Bridge", _bridge(muster)),
            *section(
                "Vendors", (say_vendor(muster, index) for index in range(len(muster.vendors)))
            ),
        ]
    )


def say_problem(problem: ProblemLine, zone: str) -> str:
    """Give a problem with its decision box."""
    words = (
        f"{problem.problem} ({problem.severity}): {one_line(problem.what)}; "
        f"owner {problem.owner or 'nobody'}"
    )
    if problem.next_word is not None:
        words += f"; next word {say_clock(problem.next_word, zone)}"
    if problem.question:
        by = f" by {say_clock(problem.decide_by, zone)}" if problem.decide_by else ""
        options = f" [{' | '.join(map(one_line, problem.options))}]" if problem.options else ""
        then = str(problem.then).replace("_", " ")
        words += (
            f"; {problem.decides or 'nobody named'} decides{by}, else {then}: "
            f"{one_line(problem.question)}{options}"
        )
    return words


def say_open(entry: OpenLine, zone: str) -> str:
    """Give an entry of the left-open list."""
    until = f", until {say_clock(entry.expires, zone)}" if entry.expires else ", no expiry"
    holder = f"handed to {entry.handed_to}" if entry.handed_to else entry.owner or "nobody"
    return f"{one_line(entry.what)} ({holder}{until}); closed by: {one_line(entry.closes)}"


def say_need(need: Need, zone: str) -> str:
    """Give a coming step with the time and as what somebody is needed."""
    role = {
        NeedRole.OWNER: "",
        NeedRole.STATION: f", for station {need.asked}",
        NeedRole.DECIDES: ", decides",
    }[need.role]
    state = "" if need.state == "not_started" else f", {need.state}"
    return (
        f"{say_clock(need.at, zone)}  {need.step}: {one_line(need.title)}{role}{state} "
        f"({say_duration(need.until - need.at)})"
    )


def say_vendor(muster: Muster, index: int) -> str:
    """Give a vendor contact on one line."""
    vendor = muster.vendors[index]
    response = f"answers within {say_duration(vendor.response)}" if vendor.response else ""
    contract = f"contract {vendor.contract}" if vendor.contract else ""
    case = f"case {vendor.case}" if vendor.case else ""
    parts = (vendor.name, vendor.phone, contract, case, vendor.hours, response)
    return one_line(", ".join(part for part in parts if part))


def _state(brief: Brief) -> str:
    """Give how the run stands and why."""
    if brief.outcome is None:
        return "running"
    reasons = one_line("; ".join(brief.reasons), cap=400)
    return f"{brief.outcome}: {reasons}" if reasons else str(brief.outcome)


def _command(brief: Brief) -> str:
    """Give who commands, and to whom the command is offered."""
    offered = f", offered to {brief.offered_to}" if brief.offered_to else ""
    return f"{brief.commander}{offered}"


def _outlook(outlook: Outlook | None, zone: str) -> list[str]:
    """Give what the forecast says; what nobody worked out is called unknown."""
    if outlook is None:
        return [*labelled("forecast", "unknown"), *labelled("way back", "unknown")]
    back = (
        "none: something irreversible has begun"
        if outlook.latest_safe_start is None
        else f"latest safe start {say_instant(outlook.latest_safe_start, zone)}"
    )
    by = f", decide by {say_clock(outlook.decide_by, zone)}" if outlook.decide_by else ""
    return [
        *labelled(
            "forecast",
            f"{say_lateness(outlook.late)}; ends {say_clock(outlook.end_p50, zone)}, nine of ten "
            f"by {say_clock(outlook.end_p90, zone)}; in the window {outlook.in_window:.0%}; as of "
            f"{say_clock(outlook.made_at, zone)}",
        ),
        *labelled("way back", back + by),
    ]


def _way_back(found: WayBackLine | None, zone: str) -> str:
    """Give how the rollback stands."""
    if found is None:
        return "not armed"
    if found.fired_at is None:
        return f"armed {say_clock(found.armed_at, zone)} by {say_person(found.armed_by)}, not fired"
    ending = str(found.ending).replace("_", " ") if found.ending else "running"
    second = f" and {found.second}" if found.second else ""
    return (
        f"fired {say_clock(found.fired_at, zone)} by {say_person(found.fired_by)}{second}, {ending}"
    )


def _under_way(each: UnderWay, zone: str) -> str:
    """Give a step that runs or waits."""
    since = f" since {say_clock(each.since, zone)}" if each.since else ""
    until = f" until {say_clock(each.waits_until, zone)}" if each.waits_until else ""
    waits = f" for {one_line(each.waits_for)}{until}" if each.waits_for else ""
    return (
        f"{each.step}: {one_line(each.title)}, {each.owner or 'no owner'}, {each.state}{since}"
        f"{waits}"
    )


def _nothing_for(brief: Brief) -> list[str]:
    """Say so where the reader is not needed any more."""
    if brief.reader is None or brief.mine:
        return []
    return section(f"Next for {brief.reader}", ("nothing in this plan",))


def _ahead(needs: tuple[Need, ...]) -> Iterable[Need]:
    """Give the nearest needs."""
    return needs[:_COMING]


def _whom(need: Need) -> str:
    """Give who is needed."""
    return ", ".join(need.people) or f"NOBODY ({_asked(need)})"


def _asked(need: Need) -> str:
    """Give whom the plan asks for where nobody is known."""
    if not need.asked:
        return "the step has no owner"
    return f"{need.role} {one_line(need.asked)} is nobody the estate knows"


def _person(line: MusterLine, zone: str) -> list[str]:
    """Give a person, and on a line of their own the ways to reach them."""
    duty = {None: "hours unknown", True: "on duty", False: "OFF DUTY"}[line.on_duty]
    known = duty if line.known else "NOT KNOWN to the estate"
    at = f" at {say_clock(line.needed_at, zone)}" if line.needed_at else " throughout"
    reach = " > ".join(f"{one_line(each.way)} {one_line(each.value)}" for each in line.reach)
    stands = say_standing(line, zone)
    return [
        *paragraph(f"{line.name} ({line.person}), {', '.join(line.roles)}{at}, {known}; {stands}"),
        *paragraph(reach or "NO WAY TO REACH KNOWN", indent=6),
    ]


def say_standing(line: MusterLine, zone: str) -> str:
    """Give where a person of a muster stands, in words, with the hour of the last word."""
    mark = line.mark
    called = f" since {say_clock(mark.called_at, zone)}" if mark.called_at else ""
    answered = f" since {say_clock(mark.answered_at, zone)}" if mark.answered_at else ""
    way = f" by {one_line(mark.way)}" if mark.way else ""
    note = f": {one_line(mark.note)}" if mark.note else ""
    match line.standing:
        case MusterStanding.HERE:
            return f"here{answered}{note}"
        case MusterStanding.GONE:
            return f"GONE{answered}{note}"
        case MusterStanding.CALLED:
            return f"called{way}{called}{note}"
        case MusterStanding.MISSING:
            return f"MISSING, called{way}{called}{note}"
        case MusterStanding.NOT_CALLED:
            return "not called"
        case _:
            assert_never(line.standing)


def _bridge(muster: Muster) -> list[str]:
    """Give the ways onto the bridge."""
    bridge = muster.bridge
    if bridge is None:
        return ["none named"]
    return [
        *(f"{one_line(each.country)} {one_line(each.number)}" for each in bridge.dial_in),
        *([f"link {one_line(bridge.link)}"] if bridge.link else []),
        *([f"back-up {one_line(bridge.backup)}"] if bridge.backup else []),
    ]
