"""What a release is besides its steps: read from a sheet of keys and values, or given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Final

from relconsole.domain.console.taking_in.table import id_for
from relconsole.domain.kernel.ids import EnvironmentId, PersonId, ReleaseId
from relconsole.domain.kernel.instants import Interval, in_utc
from relconsole.domain.kernel.zones import Meant, find_zone, read_wall
from relconsole.domain.plan.taking_in.names import Matched, PeopleBook
from relconsole.domain.plan.taking_in.problem import Choice
from relconsole.domain.plan.taking_in.starts import Frame, read_written_time
from relconsole.domain.release.release import Bridge, ChangeReference, Release, ReleaseType


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What is known of a release before its steps; None where nothing was said.

    ``window_start`` and ``window_end`` are instants in UTC, ``zone`` is an IANA name.
    """

    id: ReleaseId | None = None
    title: str | None = None
    type: ReleaseType | None = None
    environment: EnvironmentId | None = None
    zone: str | None = None
    window_start: datetime | None = None
    window_end: datetime | None = None
    commander: PersonId | None = None
    requester: PersonId | None = None
    authors: tuple[PersonId, ...] | None = None
    scribe: PersonId | None = None
    change: ChangeReference | None = None
    bridge: Bridge | None = None

    def over(self, other: Heading) -> Heading:
        """Give this heading, completed by another where it says nothing."""
        said = {
            it.name: value
            for it in fields(Heading)
            if (value := getattr(self, it.name)) is not None
        }
        return replace(other, **said)

    @property
    def frame(self) -> Frame | None:
        """Give the window, None while it is not known or ends before it starts."""
        start, end, zone = self.window_start, self.window_end, self.zone
        if start is None or end is None or zone is None or end <= start:
            return None
        return Frame(window=Interval(start=start, end=end), zone=zone)

    def as_release(self) -> Release | None:
        """Give the release without steps that it says, None while it lacks something."""
        frame, title, environment = self.frame, self.title, self.environment
        commander, requester = self.commander, self.requester
        if (
            frame is None
            or title is None
            or environment is None
            or commander is None
            or requester is None
        ):
            return None
        return Release(
            id=self.id or ReleaseId(title),
            title=title,
            type=self.type or ReleaseType.NORMAL,
            environment=environment,
            window=frame.window,
            zone=frame.zone,
            commander=commander,
            requester=requester,
            authors=self.authors or (),
            scribe=self.scribe,
            change=self.change,
            bridge=self.bridge,
        )


_QUESTIONS: Final[Mapping[str, str]] = {
    "title": "What is the release called?",
    "environment": "Into which environment does it go?",
    "zone": "In which zone are its times, such as Europe/Berlin?",
    "window_start": "When does the window open?",
    "window_end": "When does the window close?",
    "commander": "Who commands the night?",
    "requester": "Who requested the release?",
}


def heading_of(release: Release) -> Heading:
    """Give what a release that stands already says of itself."""
    return Heading(
        id=release.id,
        title=release.title,
        type=release.type,
        environment=release.environment,
        zone=release.zone,
        window_start=release.window.start,
        window_end=release.window.end,
        commander=release.commander,
        requester=release.requester,
        authors=release.authors,
        scribe=release.scribe,
        change=release.change,
        bridge=release.bridge,
    )


def missing_of(heading: Heading) -> tuple[Choice, ...]:
    """Give what a heading lacks to be a release, each as a question."""
    missing = [
        Choice(key=f"release.{name}", question=question)
        for name, question in _QUESTIONS.items()
        if getattr(heading, name) is None
    ]
    start, end = heading.window_start, heading.window_end
    if start is not None and end is not None and end <= start:
        question = "The window ends before it starts. When does it close?"
        missing.append(Choice(key="release.window_end", question=question))
    return tuple(missing)


def say_of_release(
    given: Heading, name: str, text: str, book: PeopleBook, zone: str | None
) -> Heading | None:
    """Give the heading with one thing that a person says of it, None where that is not understood.

    ``name`` is the key of its question without ``release.``; ``zone`` is that of a wall time.
    """
    said = text.strip()
    match name:
        case "title" if said:
            return replace(given, title=said, id=given.id or ReleaseId(id_for(said, ())))
        case "environment" if said:
            return replace(given, environment=EnvironmentId(id_for(said, ())))
        case "zone" if find_zone(said) is not None:
            return replace(given, zone=said)
        case "window_start" | "window_end" if zone is not None:
            wall = read_written_time(said)
            reading = None if wall is None or wall.tzinfo else read_wall(wall, zone)
            instant = reading.instant if isinstance(reading, Meant) else None
            if wall is not None and wall.tzinfo is not None:
                instant = in_utc(wall)
            if instant is None:
                return None
            return (
                replace(given, window_start=instant)
                if name == "window_start"
                else replace(given, window_end=instant)
            )
        case "commander" | "requester":
            found = book.find(said)
            if not isinstance(found, Matched):
                return None
            person = found.person.id
            return (
                replace(given, commander=person)
                if name == "commander"
                else replace(given, requester=person)
            )
        case _:
            return None
