"""The people of a workbook: matched to those of the estate, or new with their teams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from relconsole.domain.console.taking_in.table import NEW, Entry, Line, Margin, id_for, read_lines
from relconsole.domain.estate.catalogue import Estate, Team
from relconsole.domain.estate.people import Person, Reach, fold_name
from relconsole.domain.kernel.ids import PersonId, TeamId
from relconsole.domain.kernel.zones import find_zone
from relconsole.domain.plan.taking_in.answers import Answers
from relconsole.domain.plan.taking_in.cells import Sheet
from relconsole.domain.plan.taking_in.names import (
    Matched,
    PeopleBook,
    digits_of,
    people_by_phone,
)
from relconsole.domain.plan.taking_in.problem import LEAVE_OUT, Option
from relconsole.domain.plan.taking_in.reading import split_list

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("name", "person", "contact", "kontakt"),
    "id": ("id", "short", "kürzel"),
    "team": ("team", "department", "abteilung", "unit"),
    "phone": ("phone", "mobile", "telephone", "telefon", "mobil"),
    "mail": ("mail", "e-mail", "email"),
    "chat": ("chat",),
    "roles": ("role", "roles", "rolle", "rollen"),
    "zone": ("zone", "time zone", "zeitzone"),
}
_WAYS: Final = ("phone", "mail", "chat")


@dataclass(slots=True, kw_only=True)
class Roster:
    """The people and teams that a workbook may name: those of the estate, and the new ones.

    ``typed`` are folded names of a list of contacts, and whom each means.
    """

    people: dict[PersonId, Person] = field(default_factory=dict[PersonId, Person])
    teams: dict[TeamId, Team] = field(default_factory=dict[TeamId, Team])
    typed: dict[str, PersonId] = field(default_factory=dict[str, PersonId])

    @property
    def book(self) -> PeopleBook:
        """Give the people by the names under which they may be meant."""
        return PeopleBook(people=dict(self.people), typed=dict(self.typed))

    def team_of(self, entry: Entry) -> TeamId | None:
        """Give the team that a cell names, a new one where none bears that name; None if empty."""
        name = " ".join(entry.text.split())
        if not name:
            return None
        folded = fold_name(name)
        for team in self.teams.values():
            if folded in {fold_name(team.id), fold_name(team.name)}:
                return team.id
        made = Team(id=TeamId(id_for(name, self.teams)), name=name)
        self.teams[made.id] = made
        entry.remark(f"a new team, {made.id}")
        return made.id


def roster_of(estate: Estate) -> Roster:
    """Give the roster of an estate before any workbook."""
    return Roster(people=dict(estate.people), teams=dict(estate.teams))


def add_contacts(
    roster: Roster, sheet: Sheet | None, zone: str, answers: Answers, margin: Margin
) -> None:
    """Add the people of a list of contacts; those whom the estate knows stay as it has them.

    ``zone`` is that of a person whose row names none.
    """
    if sheet is None:
        return
    known = PeopleBook(people=dict(roster.people))
    for line in read_lines(sheet, HEADINGS, answers, margin):
        name = line["name"]
        if not name.cell.text:
            leave = (Option(answer=LEAVE_OUT, label="Leave the row out"),)
            name.ask("contact", "What is this person called?", leave)
            continue
        found = _known_person(line, known)
        if found is Unknown.NEW:
            found = _new_person(line, roster, zone)
        if isinstance(found, Person):
            roster.typed[fold_name(name.cell.text)] = found.id


class Unknown(Enum):
    """Somebody whom the estate does not know, or of whom that has to be asked."""

    NEW = "new"
    ASKED = "asked"


def _known_person(line: Line, known: PeopleBook) -> Person | Unknown:
    """Give whom a row means among those whom the estate knows."""
    name, phone = line["name"], line["phone"]
    if name.answer == NEW:
        return Unknown.NEW
    if name.answer is not None:
        said = known.find(name.answer)
        if isinstance(said, Matched):
            return said.person
    found = known.find(name.cell.text)
    if isinstance(found, Matched) and not found.how:
        _remark_differences(line, found.person)
        return found.person
    same_phone = people_by_phone(list(known.people.values()), phone.cell.text)
    if len(same_phone) == 1:
        name.remark(f"matched to {same_phone[0].name} by phone number")
        return same_phone[0]
    some = (found.person,) if isinstance(found, Matched) else found.candidates
    if not some:
        return Unknown.NEW
    options = (
        *(Option(answer=person.id, label=person.name) for person in some),
        Option(answer=NEW, label="Somebody new"),
    )
    question = f"Is “{name.cell.text}” {' or '.join(person.name for person in some)}?"
    name.ask("contact", question, options)
    return Unknown.ASKED


def _remark_differences(line: Line, person: Person) -> None:
    """Keep a remark where a row has another phone number than the estate."""
    phone = line["phone"]
    own = {digits_of(way.value) for way in person.reach}
    if phone.cell.text and digits_of(phone.cell.text) not in own:
        phone.remark(f"not taken in: the estate reaches {person.name} otherwise")


def _new_person(line: Line, roster: Roster, zone: str) -> Person:
    """Add a new person and give them."""
    name = " ".join(line["name"].cell.text.split())
    wanted = line["id"].text or name.split()[0]
    if not line["id"].text and id_for(wanted, ()) in roster.people:
        wanted = name
    person = Person(
        id=PersonId(id_for(wanted, roster.people)),
        name=name,
        team=roster.team_of(line["team"]),
        roles=split_list(line["roles"].text),
        zone=_zone(line["zone"], zone),
        reach=tuple(Reach(way=way, value=line[way].text) for way in _WAYS if line[way].text),
    )
    roster.people[person.id] = person
    line["name"].remark(f"a new person, {person.id}")
    return person


def _zone(entry: Entry, otherwise: str) -> str:
    """Give the zone of a person, the release's where the cell is empty or names none."""
    if entry.text and find_zone(entry.text) is None:
        entry.ask("zone", f"“{entry.text}” is no zone such as Europe/Berlin.")
        return otherwise
    return entry.text or otherwise
