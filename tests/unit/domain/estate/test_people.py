from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.estate.people import (
    DutyHours,
    Person,
    are_one_person,
    find_person,
    fold_name,
    is_one_of,
    names_of,
)
from relconsole.domain.kernel.ids import PersonId

ANN = Person(id=PersonId("ann"), name="Ann Berg", aliases=("aberg", "ann@example.org"))
BEN = Person(id=PersonId("ben"), name="Ben Okoye")
PEOPLE = Map({person.id: person for person in (ANN, BEN)})

NAMES = st.text(
    min_size=1, max_size=6, alphabet="abAB ßẞİıſ\u200b\u00ad\u3000ａ"
) | st.sampled_from(["ann", "ANN", "aberg", "ben", "ann@example.org"])


@pytest.mark.parametrize(
    "spelling", ["ANN", " ann ", "Ann", "ａｎｎ", "a\u200bnn", "an\u00adn", "ann\u3000"]
)
def test_that_a_look_alike_spelling_is_the_same_person(spelling: str) -> None:
    assert are_one_person(PEOPLE, "ann", spelling)
    assert find_person(PEOPLE, spelling) == ANN


def test_that_an_alias_is_the_same_person() -> None:
    assert are_one_person(PEOPLE, "aberg", "ann@example.org")
    assert are_one_person(PEOPLE, "ann", "ABERG")


def test_that_two_people_are_two() -> None:
    assert not are_one_person(PEOPLE, "ann", "ben")
    assert not is_one_of(PEOPLE, "ben", ("ann", "aberg"))
    assert is_one_of(PEOPLE, "aberg", ("ben", "ann"))


def test_that_a_name_nobody_bears_finds_nobody() -> None:
    assert find_person(PEOPLE, "cleo") is None
    assert are_one_person(PEOPLE, "cleo", "CLEO")
    assert not are_one_person(PEOPLE, "cleo", "ann")
    assert not are_one_person(PEOPLE, "ann", "cleo")


def test_that_the_names_of_a_person_are_id_and_aliases_but_not_the_full_name() -> None:
    assert names_of(ANN) == {"ann", "aberg", "ann@example.org"}


@given(name=NAMES)
def test_that_folding_twice_changes_nothing_more(name: str) -> None:
    assert fold_name(fold_name(name)) == fold_name(name)


@given(one=NAMES, other=NAMES)
def test_that_being_one_person_does_not_depend_on_who_is_named_first(one: str, other: str) -> None:
    assert are_one_person(PEOPLE, one, other) == are_one_person(PEOPLE, other, one)


@given(name=NAMES)
def test_that_everybody_is_one_with_themselves(name: str) -> None:
    assert are_one_person(PEOPLE, name, name.upper()) or name.upper().casefold() != name.casefold()
    assert are_one_person(PEOPLE, name, f" {name} ")


@pytest.mark.parametrize(
    ("start", "end", "at", "holds"),
    [
        (time(8), time(16), time(8), True),
        (time(8), time(16), time(16), False),
        (time(20), time(6), time(2), True),
        (time(20), time(6), time(21), True),
        (time(20), time(6), time(6), False),
        (time(7), time(7), time(3), True),
        (time(7), time(7), time(7), True),
    ],
)
def test_that_duty_hours_may_pass_midnight_and_leave_their_end_out(
    start: time, end: time, at: time, holds: bool
) -> None:
    assert DutyHours(start=start, end=end).hold(at) is holds


def test_that_duty_is_asked_in_the_zone_of_the_person() -> None:
    night = DutyHours(start=time(20), end=time(6))
    person = Person(id=PersonId("ann"), name="Ann", zone="America/New_York", on_duty=night)
    assert person.is_on_duty(datetime(2026, 4, 21, 1, tzinfo=UTC)) is True
    assert person.is_on_duty(datetime(2026, 4, 21, 12, tzinfo=UTC)) is False


def test_that_duty_is_unknown_without_hours() -> None:
    assert ANN.is_on_duty(datetime(2026, 4, 21, 1, tzinfo=UTC)) is None
