"""Who is meant by a name as somebody typed it."""

from dataclasses import replace

import pytest

from relconsole.domain.estate.people import Person
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.plan.taking_in.names import Matched, PeopleBook, Unmatched
from tests.unit.domain.plan.taking_in.sheets import BOOK, PEOPLE, person

PART = "by a part of the name"


@pytest.mark.parametrize(
    "name", ["mara", "Mara Okafor", "MARA OKAFOR ", "Okafor, Mara", "Okafor Mara", "mokafor"]
)
def test_that_a_whole_name_is_found_without_a_remark(name: str) -> None:
    assert BOOK.find(name) == Matched(person=PEOPLE[0])


@pytest.mark.parametrize("name", ["Okafor", "MO", "M. Okafor", "Okafor M.", "Mara O."])
def test_that_a_part_of_a_name_is_found_with_how(name: str) -> None:
    assert BOOK.find(name) == Matched(person=PEOPLE[0], how=PART)


@pytest.mark.parametrize("name", ["N. Brand (030 5550 104)", "+4930-5550-104"])
def test_that_a_phone_number_finds_its_person_however_it_is_written(name: str) -> None:
    assert BOOK.find(name) == Matched(person=PEOPLE[3], how="by phone number")


def test_that_a_name_of_the_contacts_means_whom_they_say() -> None:
    book = replace(BOOK, typed={"n.brand": PersonId("nils")})
    assert book.find("N. Brand") == Matched(person=PEOPLE[3])


def test_that_a_name_of_several_is_ambiguous() -> None:
    other = replace(person("Omar Hadi"), id=PersonId("omar-hadi"))
    book = PeopleBook(people={it.id: it for it in (*PEOPLE, other)})
    found = book.find("OF")
    assert found == Matched(person=PEOPLE[2], how=PART)
    twin = replace(other, name="Omar Farouk")
    both = PeopleBook(people={it.id: it for it in (*PEOPLE, twin)}).find("Omar Farouk")
    assert isinstance(both, Unmatched)
    assert both.is_ambiguous
    assert [it.id for it in both.candidates] == ["omar", "omar-hadi"]


def test_that_a_misspelt_name_is_not_found_but_offered() -> None:
    found = BOOK.find("Aysha Nair")
    assert found == Unmatched(name="Aysha Nair", candidates=(PEOPLE[1],))
    assert BOOK.find("Zed") == Unmatched(name="Zed")
    assert BOOK.find("555") == Unmatched(name="555")


def test_that_people_of_one_name_or_none_have_no_parts() -> None:
    book = PeopleBook(
        people={
            PersonId("x"): Person(id=PersonId("x"), name="Cher"),
            PersonId("y"): Person(id=PersonId("y"), name=" "),
        }
    )
    assert isinstance(book.find("cher"), Matched)
    assert isinstance(book.find("c"), Unmatched)
