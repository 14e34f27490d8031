"""Whether freezes and maintenance windows let a release work in its planned interval.

Asked of the plan, never of the clock on the wall. Conflicts with other releases are elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from relconsole.domain.calendar.booking import Booking, Place
from relconsole.domain.calendar.entries import Calendar, Freeze, FreezeException, MaintenanceWindow
from relconsole.domain.calendar.recurrence import find_next_opening, occurrences
from relconsole.domain.calendar.rule import BadRule
from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.people import are_one_person, find_person
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.refusal import Reason


def forbids(calendar: Calendar, estate: Estate, booking: Booking) -> tuple[Reason, ...]:
    """Give every reason why the calendar forbids the booking, none where it does not.

    A freeze forbids what overlaps it in its scope, unless an exception for this release is valid:
    approved by somebody else than the requester, and not expired when the plan ends. Where a
    service at an environment has maintenance windows, one of them must hold the whole planned
    interval. A rule that cannot be followed forbids too.
    """
    frozen = (
        reason
        for freeze in calendar.freezes
        if any(freeze.scope.holds(*pair, estate) for pair in booking.pairs)
        for reason in _judge_freeze(freeze, calendar.exceptions, estate, booking)
    )
    outside = (
        reason
        for windows, pairs in _group_by_windows(calendar, estate, booking)
        for reason in _judge_windows(windows, pairs, booking)
    )
    return (*frozen, *outside)


def _judge_freeze(
    freeze: Freeze, exceptions: Iterable[FreezeException], estate: Estate, booking: Booking
) -> tuple[Reason, ...]:
    """Give the reason of one freeze in whose scope the booking lies."""
    try:
        occurrence = next(occurrences(freeze.when, booking.planned), None)
    except BadRule as wrong:
        return (_name_bad_rule("freeze_unreadable", freeze.id, wrong),)
    if occurrence is None:
        return ()
    void: list[str] = []
    for exception in exceptions:
        if exception.freeze == freeze.id and exception.release == booking.release:
            why = _find_void(exception, estate, booking)
            if why is None:
                return ()
            void.append(why)
    end = format_instant(occurrence.span.end)
    because = f" ({freeze.reason})" if freeze.reason else ""
    overlap = f"freeze {freeze.id}{because} ends at {end} and overlaps the planned"
    exception_needed = (
        f"an exception for {booking.release} valid until {format_instant(booking.planned.end)},"
        f" approved by somebody else than {booking.requester}"
    )
    return (
        Reason(
            rule="freeze_forbids",
            thing=freeze.id,
            says="; ".join((f"{overlap} {_name_planned(booking)}", *void)),
            lifts=f"a start at or after {end}, or {exception_needed}",
        ),
    )


def _find_void(exception: FreezeException, estate: Estate, booking: Booking) -> str | None:
    """Give why an exception does not count, None where it does."""
    if are_one_person(estate.people, exception.approver, booking.requester):
        return f"exception {exception.id} is void: {exception.approver} is the requester"
    if find_person(estate.people, exception.approver) is None:
        return f"exception {exception.id} is void: nobody here is called {exception.approver}"
    if exception.expires.instant < booking.planned.end:
        expiry = format_instant(exception.expires.instant)
        return f"exception {exception.id} is void: it expires at {expiry}, before the plan ends"
    return None


def _group_by_windows(
    calendar: Calendar, estate: Estate, booking: Booking
) -> Iterable[tuple[tuple[MaintenanceWindow, ...], tuple[Place, ...]]]:
    """Give the places of a booking that have windows, those with the same windows together."""
    groups: dict[tuple[str, ...], tuple[tuple[MaintenanceWindow, ...], tuple[Place, ...]]] = {}
    for pair in booking.pairs:
        windows = tuple(
            window for window in calendar.maintenance_windows if window.scope.holds(*pair, estate)
        )
        if windows:
            key = tuple(window.id for window in windows)
            groups[key] = (windows, (*groups.get(key, (windows, ()))[1], pair))
    return groups.values()


def _judge_windows(
    windows: tuple[MaintenanceWindow, ...], pairs: tuple[Place, ...], booking: Booking
) -> tuple[Reason, ...]:
    """Give the reason of windows none of which holds the whole planned interval."""
    openings: list[tuple[datetime, str]] = []
    unreadable: list[Reason] = []
    for window in windows:
        try:
            overlapping = occurrences(window.when, booking.planned)
            if any(each.span.covers(booking.planned) for each in overlapping):
                return ()
            opening = find_next_opening(window.when, booking.planned.start)
        except BadRule as wrong:
            unreadable.append(_name_bad_rule("maintenance_window_unreadable", window.id, wrong))
            continue
        if opening is not None:
            openings.append((opening.span.start, window.id))
    if unreadable:
        return tuple(unreadable)
    named = ", ".join(f"{service or 'all'} at {environment}" for service, environment in pairs)
    start, thing = min(openings, default=(None, windows[0].id))
    return (
        Reason(
            rule="not_in_maintenance_window",
            thing=thing,
            says=f"no maintenance window of {named} holds the planned {_name_planned(booking)}",
            lifts=(
                "a maintenance window that holds it; none of them opens again"
                if start is None
                else f"a plan inside {thing}, which next opens at {format_instant(start)}"
            ),
        ),
    )


def _name_bad_rule(rule: str, thing: str, wrong: BadRule) -> Reason:
    """Give the reason of an entry whose occurrences nobody can tell."""
    return Reason(
        rule=rule,
        thing=thing,
        says=str(wrong),
        lifts=f"a recurrence of {thing} that can be followed",
    )


def _name_planned(booking: Booking) -> str:
    """Give the planned interval in words."""
    return f"{format_instant(booking.planned.start)} to {format_instant(booking.planned.end)}"
