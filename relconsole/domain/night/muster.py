"""The muster: who is needed soon, how to reach them, and which coming step has nobody.

It is called an hour and a quarter of an hour before the window, and at any time during the night.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from immutables import Map

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.people import Person, Reach, are_one_person, find_person
from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.ids import PersonId, ReleaseId
from relconsole.domain.night.ahead import Need, NeedRole, coming_steps, needs_of
from relconsole.domain.night.muster_marks import (
    NOTHING,
    MusterStanding,
    PersonMark,
    counting,
    standing_of,
)
from relconsole.domain.night.state import RunState
from relconsole.domain.plan.forecast import Forecast
from relconsole.domain.release.release import Bridge, Release, VendorContact

AreOne = Callable[[str, str], bool]
"""Tells whether two names mean one person."""

PATIENCE: Final = Policy().muster_answer
AHEAD: Final = timedelta(minutes=30)
CALLS: Final = (timedelta(minutes=60), timedelta(minutes=15))
"""How long before the window a muster is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MusterLine:
    """A person who is needed.

    ``reach`` is in the order in which to try, empty where nobody knows how. ``on_duty`` is None
    where no hours are known; it is judged at ``needed_at``, which is None for who must be there
    throughout. ``known`` is False for a name that the estate does not have. ``mark`` is the last
    call and the answer to it, ``standing`` what they come to.
    """

    person: PersonId
    name: str
    team: str
    zone: str
    roles: tuple[str, ...]
    reach: tuple[Reach, ...]
    on_duty: bool | None
    needed_at: datetime | None
    needs: tuple[Need, ...]
    known: bool
    mark: PersonMark = NOTHING
    standing: MusterStanding = MusterStanding.NOT_CALLED


@dataclass(frozen=True, slots=True, kw_only=True)
class Muster:
    """Who is needed from ``at`` to ``until``, both in UTC, the first needed first.

    ``nobody`` are the needs that no known person meets; ``bridge`` is None where the release names
    none; ``patience`` is how long whoever is called has to answer.
    """

    release: ReleaseId
    title: str
    zone: str
    at: datetime
    until: datetime
    window_start: datetime
    people: tuple[MusterLine, ...]
    nobody: tuple[Need, ...]
    bridge: Bridge | None
    vendors: tuple[VendorContact, ...]
    patience: timedelta = PATIENCE

    @property
    def is_complete(self) -> bool:
        """Tell whether every coming step has somebody who can be reached and is on duty."""
        return not self.nobody and all(
            line.known and line.reach and line.on_duty is not False for line in self.people
        )

    def standing(self, *standings: MusterStanding) -> tuple[MusterLine, ...]:
        """Give the people who stand so."""
        return tuple(line for line in self.people if line.standing in standings)


def muster_times(release: Release) -> tuple[datetime, ...]:
    """Give when a muster is due before the window, in UTC."""
    return tuple(release.window.start - before for before in CALLS)


def make_muster(
    release: Release,
    estate: Estate,
    now: datetime,
    *,
    run: RunState | None = None,
    forecast: Forecast | None = None,
    ahead: timedelta = AHEAD,
    marks: Mapping[PersonId, PersonMark] = Map(),
    patience: timedelta = PATIENCE,
) -> Muster:
    """Give the muster at an instant; before the window it looks as far into the night.

    At an hour before the window it is those of the first half hour that must be reached. ``marks``
    are who was called and who answered; without an answer for longer than ``patience`` they are
    missing.
    """
    rehearsed = run is not None and run.rehearsal
    starts = now if rehearsed else max(now, release.window.start)
    until = starts + ahead
    commander = release.commander if run is None else run.commander
    needs = tuple(
        need
        for each in coming_steps(run, release, now, forecast)
        if each.at < until
        for need in needs_of(each, estate, commander)
    )
    # Asked for every need of every person, of whom there are few.
    are_one = functools.cache(functools.partial(are_one_person, estate.people))
    lines = (
        *_line_up_bridge(release, commander, estate, now, needs, are_one),
        *_line_up(estate, needs, (commander, release.scribe), are_one),
    )
    return Muster(
        release=release.id,
        title=release.title,
        zone=release.zone,
        at=now,
        until=until,
        window_start=release.window.start,
        people=tuple(
            _stood(line, marks.get(line.person, NOTHING), now, patience) for line in lines
        ),
        nobody=tuple(need for need in needs if not need.people),
        bridge=release.bridge,
        vendors=release.vendors,
        patience=patience,
    )


def _stood(line: MusterLine, mark: PersonMark, now: datetime, patience: timedelta) -> MusterLine:
    """Give a line with where its person stands."""
    counts = counting(mark, now)
    return replace(line, mark=counts, standing=standing_of(counts, now, patience))


def _line_up_bridge(
    release: Release,
    commander: PersonId,
    estate: Estate,
    now: datetime,
    needs: tuple[Need, ...],
    are_one: AreOne,
) -> tuple[MusterLine, ...]:
    """Give the commander and the scribe, who are needed throughout."""
    wanted = _needs_for(needs, commander, are_one)
    found = [_line(estate.people, commander, "commander", wanted, now)]
    scribe = release.scribe
    if scribe is not None and not are_one(scribe, commander):
        wanted = _needs_for(needs, scribe, are_one)
        found.append(_line(estate.people, scribe, "scribe", wanted, now))
    return tuple(found)


def _line_up(
    estate: Estate, needs: tuple[Need, ...], there: Iterable[PersonId | None], are_one: AreOne
) -> tuple[MusterLine, ...]:
    """Give everybody else who is needed, the first needed first."""
    present = tuple(person for person in there if person is not None)
    names: list[PersonId] = []
    for need in needs:
        for person in need.people:
            if person not in names and not any(are_one(person, other) for other in present):
                names.append(person)
    return tuple(
        _line(estate.people, name, "", _needs_for(needs, name, are_one), None) for name in names
    )


def _needs_for(needs: tuple[Need, ...], name: PersonId, are_one: AreOne) -> tuple[Need, ...]:
    """Give what one person is needed for."""
    return tuple(need for need in needs if any(are_one(person, name) for person in need.people))


def _line(
    people: Mapping[PersonId, Person],
    name: PersonId,
    role: str,
    needs: tuple[Need, ...],
    now: datetime | None,
) -> MusterLine:
    """Give a person with what they are needed for; ``now`` for who is needed throughout."""
    person = find_person(people, name)
    needed_at = needs[0].at if now is None else None
    roles = tuple(dict.fromkeys(each for each in (role, *_roles(needs)) if each))
    if person is None:
        return MusterLine(
            person=name,
            name=name,
            team="",
            zone="",
            roles=roles,
            reach=(),
            on_duty=None,
            needed_at=needed_at,
            needs=needs,
            known=False,
        )
    return MusterLine(
        person=person.id,
        name=person.name,
        team=person.team or "",
        zone=person.zone,
        roles=roles,
        reach=person.reach,
        on_duty=person.is_on_duty(needs[0].at if now is None else now),
        needed_at=needed_at,
        needs=needs,
        known=True,
    )


def _roles(needs: tuple[Need, ...]) -> tuple[str, ...]:
    """Give as what a person is needed, in words."""
    return tuple(
        f"station {need.asked}" if need.role is NeedRole.STATION else str(need.role)
        for need in needs
    )
