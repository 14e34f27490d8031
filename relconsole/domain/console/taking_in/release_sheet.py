"""The sheet of a workbook that says what the release is: a key and its value in each row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from relconsole.domain.console.taking_in.heading import Heading
from relconsole.domain.console.taking_in.table import NEW, Entry, Margin, entry_at, id_for
from relconsole.domain.estate.catalogue import Environment
from relconsole.domain.estate.connections import System
from relconsole.domain.estate.people import fold_name
from relconsole.domain.kernel.ids import EnvironmentId, PersonId, ReleaseId, SystemId
from relconsole.domain.kernel.zones import Meant, find_zone, read_wall
from relconsole.domain.plan.taking_in.answers import Answers
from relconsole.domain.plan.taking_in.cells import CellKind, Sheet
from relconsole.domain.plan.taking_in.names import Matched, PeopleBook
from relconsole.domain.plan.taking_in.problem import Option
from relconsole.domain.plan.taking_in.reading import Read as Understood
from relconsole.domain.plan.taking_in.reading import fold_word, read_clock, read_word, split_list
from relconsole.domain.plan.taking_in.starts import DAY, read_written_time
from relconsole.domain.release.release import Bridge, ChangeReference, DialIn, ReleaseType

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("title", "release", "titel"),
    "id": ("id",),
    "type": ("type",),
    "environment": ("environment", "umgebung"),
    "zone": ("zone", "time zone", "zeitzone"),
    "window_start": ("window start", "window opens", "start", "beginn"),
    "window_end": ("window end", "window closes", "end", "ende"),
    "commander": ("commander", "cutover manager", "leitung"),
    "requester": ("requester", "requested by", "antragsteller"),
    "authors": ("authors", "author"),
    "scribe": ("scribe", "protokoll"),
    "change": ("change", "change record"),
    "change_system": ("change system",),
    "dial_in": ("dial-in", "bridge phone"),
    "link": ("bridge link", "bridge"),
    "backup": ("bridge back-up",),
}
_COUNTRY: Final = re.compile(r"([a-z]{2,20})\s*:\s*(.+)")
_MOST_KEYS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a release may name: people, environments and connected systems."""

    book: PeopleBook
    environments: Mapping[EnvironmentId, Environment]
    systems: Mapping[SystemId, System]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseSheet:
    """What the sheet says, and the environment that is new with it."""

    heading: Heading
    environment: Environment | None = None


def keys_of(sheet: Sheet | None, answers: Answers, margin: Margin) -> Mapping[str, Entry]:
    """Give the values of a sheet by their keys; an unknown key is remarked."""
    if sheet is None:
        return {}
    found: dict[str, Entry] = {}
    for row in range(1, min(sheet.last_row, _MOST_KEYS) + 1):
        key = fold_word(sheet.at(row, 1).text).removesuffix(":")
        entry = entry_at(sheet, row, 2, sheet.at(row, 1).text, answers, margin)
        name = next((it for it, words in KEYS.items() if key in words), None)
        if name is not None and entry.text:
            found.setdefault(name, entry)
        elif name is None and key and entry.text:
            entry.remark("not taken in: the key is not known")
    return found


def zone_of(keys: Mapping[str, Entry]) -> str | None:
    """Give the zone that the sheet names, None where it names none that there is."""
    entry = keys.get("zone")
    if entry is None:
        return None
    if find_zone(entry.text) is None:
        entry.ask("release.zone", f"“{entry.text}” is no zone such as Europe/Berlin.")
        return None
    return entry.text


def read_release(keys: Mapping[str, Entry], zone: str | None, around: Surroundings) -> ReleaseSheet:
    """Give what the sheet says of the release; ``zone`` is that of its times."""
    title = keys["title"].text if "title" in keys else None
    named = keys["id"].text if "id" in keys else title
    environment, new = _environment(keys, around)
    start = _instant(keys, "window_start", zone, None)
    return ReleaseSheet(
        environment=new,
        heading=Heading(
            id=None if named is None else ReleaseId(id_for(named, ())),
            title=title,
            type=_type(keys),
            environment=environment,
            zone=zone,
            window_start=start,
            window_end=_instant(keys, "window_end", zone, start),
            commander=_person(keys, "commander", around.book),
            requester=_person(keys, "requester", around.book),
            authors=_people(keys, around.book),
            scribe=_person(keys, "scribe", around.book),
            change=_change(keys, around),
            bridge=_bridge(keys),
        ),
    )


def _type(keys: Mapping[str, Entry]) -> ReleaseType | None:
    entry = keys.get("type")
    if entry is None:
        return None
    read = read_word(entry.read, {}, tuple(ReleaseType), "Which type of release is it?")
    if isinstance(read, Understood):
        return read.value
    entry.ask("release.type", read.question, read.options)
    return None


def _environment(
    keys: Mapping[str, Entry], around: Surroundings
) -> tuple[EnvironmentId | None, Environment | None]:
    """Give the environment, and the same as a new one where the estate has none yet."""
    entry = keys.get("environment")
    if entry is None:
        return None, None
    name = entry.cell.text if entry.answer == NEW else entry.text
    for it in around.environments.values():
        if fold_name(name) in {fold_name(it.id), fold_name(it.name)}:
            return it.id, None
    if around.environments and entry.answer != NEW:
        options = (
            *(Option(answer=it.id, label=it.name) for it in around.environments.values()),
            Option(answer=NEW, label="A new one"),
        )
        entry.ask("release.environment", f"There is no environment “{name}”.", options)
        return None, None
    made = Environment(id=EnvironmentId(id_for(name, around.environments)), name=name)
    entry.remark(f"a new environment, {made.id}")
    return made.id, made


def _instant(
    keys: Mapping[str, Entry], name: str, zone: str | None, after: datetime | None
) -> datetime | None:
    """Give an end of the window; a bare time of day is the first one after the start."""
    entry = keys.get(name)
    if entry is None or zone is None:
        return None
    wall = _wall(entry, zone, after)
    if wall is None:
        entry.ask(f"release.{name}", "Not a day and a time such as 2026-04-21 01:30.")
        return None
    if wall.tzinfo is not None:
        return wall
    reading = read_wall(wall, zone)
    if isinstance(reading, Meant):
        return reading.instant
    entry.ask(f"release.{name}", f"{reading}.")
    return None


def _wall(entry: Entry, zone: str, after: datetime | None) -> datetime | None:
    """Give the wall time of a cell, None where it is none."""
    cell = entry.read
    span = read_clock(cell.text) if cell.kind is CellKind.TEXT else None
    if cell.kind is CellKind.SPAN:
        span = cell.span
    found = find_zone(zone)
    if span is not None and after is not None and found is not None:
        opened = after.astimezone(found).replace(tzinfo=None)
        midnight = opened.replace(hour=0, minute=0, second=0, microsecond=0)
        wall = midnight + min(span, timedelta(days=60))
        return wall if wall > opened else wall + DAY
    return cell.moment if cell.kind is CellKind.MOMENT else read_written_time(cell.text)


def _person(keys: Mapping[str, Entry], name: str, book: PeopleBook) -> PersonId | None:
    entry = keys.get(name)
    return None if entry is None else _found(entry, entry.text, name, book)


def _people(keys: Mapping[str, Entry], book: PeopleBook) -> tuple[PersonId, ...] | None:
    entry = keys.get("authors")
    if entry is None:
        return None
    found = [_found(entry, each, "authors", book) for each in split_list(entry.text)]
    return tuple(it for it in found if it is not None)


def _found(entry: Entry, text: str, name: str, book: PeopleBook) -> PersonId | None:
    """Give whom a name means, None after it was asked."""
    match book.find(text):
        case Matched(person=person, how=how):
            if how and entry.answer is None:
                entry.remark(f"“{text}” read as {person.name}, {how}")
            return person.id
        case unmatched:
            options = tuple(Option(answer=it.id, label=it.name) for it in unmatched.candidates)
            proposal = options[0].answer if len(options) == 1 else ""
            question = f"Who is “{text}”?"
            entry.ask(f"release.{name}", question, options, proposal)
            return None


def _change(keys: Mapping[str, Entry], around: Surroundings) -> ChangeReference | None:
    """Give the change record; without a connected system nobody keeps one."""
    entry, system = keys.get("change"), keys.get("change_system")
    if entry is None:
        return None
    if system is not None and SystemId(system.text) in around.systems:
        return ChangeReference(system=SystemId(system.text), id=entry.text)
    entry.remark("not taken in: no connected system is named that keeps it")
    return None


def _bridge(keys: Mapping[str, Entry]) -> Bridge | None:
    said = {name: keys[name].text for name in ("dial_in", "link", "backup") if name in keys}
    if not said:
        return None
    numbers = [it.strip() for it in said.get("dial_in", "").split(";") if it.strip()]
    return Bridge(
        dial_in=tuple(_dial_in(number) for number in numbers),
        link=said.get("link", ""),
        backup=said.get("backup", ""),
    )


def _dial_in(text: str) -> DialIn:
    found = _COUNTRY.fullmatch(text)
    return (
        DialIn(country="any", number=text)
        if found is None
        else DialIn(country=found[1], number=found[2])
    )


def with_states(heading: Heading, standing: ChangeReference | None) -> Heading:
    """Give a heading whose change keeps the states that go with the night, where it is the same."""
    change = heading.change
    if change is None or standing is None:
        return heading
    if (change.system, change.id) != (standing.system, standing.id):
        return heading
    return replace(heading, change=standing)
