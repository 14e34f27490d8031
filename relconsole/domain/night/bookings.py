"""How a release looks to the calendar."""

from __future__ import annotations

from relconsole.domain.calendar.booking import Booking, Place
from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.kernel.ids import ServiceId
from relconsole.domain.release.release import Release


def booking_of(release: Release, estate: Estate) -> Booking:
    """Give the booking of a release: its items at its environment, and whatever its steps name.

    A release without any service books its environment as such.
    """
    services = [item.service for item in release.items]
    steps = (*release.runbook.steps, *release.runbook.relief)
    for step in steps:
        services.extend(step.services)
        named = step.run.parameters.get("service") if step.run else None
        if named is not None and ServiceId(named) in estate.services:
            services.append(ServiceId(named))
    places: tuple[Place, ...] = tuple(
        (service, release.environment) for service in dict.fromkeys(services)
    )
    people = (
        release.commander,
        *(step.owner for step in steps if step.owner is not None),
    )
    return Booking(
        release=release.id,
        planned=release.window,
        pairs=places or ((ServiceId(""), release.environment),),
        requester=release.requester,
        people=tuple(dict.fromkeys(people)),
        waits_for=release.waits_for,
    )
