"""The people of a workbook: matched to those of the estate, or new with their teams."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from relconsole.domain.console.taking_in.contacts import Roster, add_contacts, roster_of
from relconsole.domain.console.taking_in.table import Margin, id_for
from relconsole.domain.estate.catalogue import Estate, Team
from relconsole.domain.estate.people import Person, Reach
from relconsole.domain.kernel.ids import PersonId, TeamId
from relconsole.domain.plan.taking_in.reading import LONGEST_TEXT
from tests.unit.domain.plan.taking_in.sheets import PEOPLE, answers, grid, offered

HEAD = ("Name", "Team", "Phone", "Role", "Zone", "Id", "Mail")
LEDGER = Team(id=TeamId("ledger"), name="Ledger DB")
ESTATE = Estate(people={it.id: it for it in PEOPLE}, teams={LEDGER.id: LEDGER})


def contacts(
    *rows: Sequence[object],
    estate: Estate = ESTATE,
    given: Mapping[str, tuple[str, str]] | None = None,
) -> tuple[Roster, Margin]:
    roster, margin = roster_of(estate), Margin()
    sheet = grid(HEAD, *rows, name="Contacts")
    add_contacts(roster, sheet, "Europe/Berlin", answers(given or {}, "Contacts"), margin)
    return roster, margin


def test_that_without_a_list_nobody_is_added() -> None:
    roster, margin = roster_of(ESTATE), Margin()
    add_contacts(roster, None, "UTC", answers({}), margin)
    assert roster.people == dict(ESTATE.people)


def test_that_a_new_person_comes_with_team_roles_and_reach() -> None:
    row = ["Zoë Zäh", "Service Desk", "+49 1", "scribe, deputy", "Europe/Rome", None, "z@x.org"]
    roster, margin = contacts(row)
    assert roster.people[PersonId("zoe")] == Person(
        id=PersonId("zoe"),
        name="Zoë Zäh",
        team=TeamId("service-desk"),
        roles=("scribe", "deputy"),
        zone="Europe/Rome",
        reach=(Reach(way="phone", value="+49 1"), Reach(way="mail", value="z@x.org")),
    )
    assert roster.teams[TeamId("service-desk")].name == "Service Desk"
    assert [it.says for it in margin.remarks] == [
        "a new team, service-desk",
        "a new person, zoe",
    ]
    assert margin.problems == []


def test_that_a_person_may_have_no_team_and_the_zone_of_the_release() -> None:
    roster, _ = contacts(["Zoë Zäh"])
    assert roster.people[PersonId("zoe")].team is None
    assert roster.people[PersonId("zoe")].zone == "Europe/Berlin"


def test_that_an_id_that_is_taken_becomes_the_whole_name() -> None:
    roster, _ = contacts(["Mara Zahn"], ["Mara Other", None, None, None, None, "mo"])
    assert roster.people[PersonId("mara-zahn")].name == "Mara Zahn"
    assert roster.people[PersonId("mo")].name == "Mara Other"


def test_that_a_known_person_stays_as_the_estate_has_them() -> None:
    roster, margin = contacts(
        ["Mara Okafor", "Other team", "030 5550 101"], ["Asha Nair", None, "0999 99999"]
    )
    assert roster.people == dict(ESTATE.people)
    assert [(it.place, it.says) for it in margin.remarks] == [
        ("Contacts!C3", "not taken in: the estate reaches Asha Nair otherwise")
    ]


def test_that_a_misspelt_name_is_matched_by_its_phone_number() -> None:
    roster, margin = contacts(["N. Brand", None, "(030) 5550-104"])
    assert [it.says for it in margin.remarks] == ["matched to Nils Brandt by phone number"]
    found = roster.book.find("N. Brand")
    assert getattr(found, "person", None) == PEOPLE[3]


def test_that_a_name_that_is_nearly_known_is_asked_about() -> None:
    roster, margin = contacts(["Okafor"])
    assert margin.problems[0].question == "Is “Okafor” Mara Okafor?"
    assert offered(margin.problems[0]) == ["mara", "new"]
    assert "okafor" not in roster.typed
    same, margin = contacts(["Okafor"], given={"A2": ("Okafor", "mara")})
    assert margin.problems == []
    assert same.typed == {"okafor": "mara"}
    new, _ = contacts(["Okafor"], given={"A2": ("Okafor", "new")})
    assert new.people[PersonId("okafor")].name == "Okafor"
    _, margin = contacts(["Okafor"], given={"A2": ("Okafor", "zed")})
    assert len(margin.problems) == 1
    _, margin = contacts(["Aysha Nair"])
    assert offered(margin.problems[0]) == ["asha", "new"]


def test_that_a_row_without_a_name_is_asked_about_or_left_out() -> None:
    _, margin = contacts([None, "Ledger"], [])
    assert margin.problems[0].question == "What is this person called?"
    _, left = contacts([None, "Ledger"], given={"A2": ("", "leave out")})
    assert left.problems == []


def test_that_an_unknown_zone_is_asked_about() -> None:
    _, margin = contacts(["Zoë Zäh", None, None, None, "Berlin"])
    assert margin.problems[0].place == "Contacts!E2"


def test_that_a_team_is_known_by_name_or_id() -> None:
    roster, _ = contacts(["Zoë Zäh", "LEDGER db"], ["Zed Zwei", "ledger"])
    assert set(roster.teams) == {"ledger"}


def test_that_a_list_without_a_column_of_phones_is_read() -> None:
    roster, margin = roster_of(ESTATE), Margin()
    sheet = grid(["Person", "Name"], ["Zoë Zäh"], ["x" * (LONGEST_TEXT + 9)], name="C")
    add_contacts(roster, sheet, "UTC", answers({}), margin)
    assert PersonId("zoe") in roster.people
    empty = replace(sheet, cells={})
    add_contacts(roster, empty, "UTC", answers({}), margin)


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("Müller & Söhne", "muller-sohne"),
        ("Straße 8", "strasse-8"),
        ("2026.4", "2026.4"),
        ("??", "unnamed"),
        ("x" * 80, "x" * 60),
    ],
)
def test_that_an_id_is_made_of_letters_and_not_taken_twice(name: str, id_: str) -> None:
    assert id_for(name, ()) == id_
    assert id_for(name, {id_, f"{id_}-2"}) == f"{id_}-3"
