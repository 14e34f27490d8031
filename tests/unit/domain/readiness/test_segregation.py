from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.people import Person, are_one_person
from relconsole.domain.estate.policy import Authority, Policy
from relconsole.domain.kernel.ids import EnvironmentId, PersonId, ReleaseId
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.readiness.segregation import (
    Duty,
    authority_reasons,
    duty_reasons,
    is_partial,
    second_person_reasons,
)
from relconsole.domain.release.release import Release


def person(name: str, *aliases: str, role: str = "") -> Person:
    return Person(id=PersonId(name), name=name, aliases=aliases, roles=(role,) if role else ())


PEOPLE = Map(
    {
        each.id: each
        for each in (
            person("mara", "mokafor", role="commander"),
            person("tomas", "tnovak"),
            person("ilka", "ilka@example.org", role="commander"),
            person("jo", role="operations"),
        )
    }
)
ESTATE = Estate(people=PEOPLE)
RELEASE = Release(
    id=ReleaseId("pay-4"),
    title="Payments 4",
    environment=EnvironmentId("prod"),
    window=Interval(
        start=datetime(2026, 4, 20, 23, 30, tzinfo=UTC), end=datetime(2026, 4, 21, 3, tzinfo=UTC)
    ),
    zone="Europe/Berlin",
    commander=PersonId("mara"),
    requester=PersonId("tomas"),
    authors=(PersonId("ilka"),),
)


def list_rules(**named: str) -> list[str]:
    reasons = duty_reasons(
        PEOPLE,
        RELEASE,
        actor=named["actor"],
        for_person=named.get("for_person"),
        act=Duty.START,
    )
    return [f"{reason.rule}:{reason.thing}" for reason in reasons]


def test_that_somebody_with_no_part_in_the_change_may_do_every_duty() -> None:
    for act in Duty:
        assert duty_reasons(PEOPLE, RELEASE, actor="mara", for_person="jo", act=act) == ()


@pytest.mark.parametrize(
    "name", ["tomas", "TOMAS", "tnovak", "T\u200bomas", "ilka", "Ilka@Example.org", " ilka"]
)
def test_that_neither_requester_nor_author_touches_their_own_change_under_any_name(
    name: str,
) -> None:
    assert is_partial(PEOPLE, RELEASE, name)
    for act in Duty:
        (reason,) = duty_reasons(PEOPLE, RELEASE, actor=name, act=act)
        assert (reason.rule, reason.thing) == ("segregation_of_duties", name)


def test_that_the_reason_names_the_part_and_the_act() -> None:
    (asked,) = duty_reasons(PEOPLE, RELEASE, actor="tomas", act=Duty.SECOND)
    assert asked.says == "tomas is the requester of pay-4 and may not be the second person for it"
    (wrote,) = duty_reasons(PEOPLE, RELEASE, actor="ilka", act=Duty.VOTE)
    assert wrote.says == "ilka is an author of pay-4 and may not vote on it"


def test_that_recording_for_somebody_asks_about_both() -> None:
    assert list_rules(actor="mara", for_person="tomas") == ["segregation_of_duties:tomas"]
    assert list_rules(actor="ilka", for_person="jo") == ["segregation_of_duties:ilka"]
    assert list_rules(actor="tomas", for_person="tomas") == ["segregation_of_duties:tomas"]


def test_that_somebody_the_estate_does_not_know_does_nothing() -> None:
    assert list_rules(actor="tоmas") == ["person_unknown:tоmas"]
    assert list_rules(actor="mara", for_person="nobody") == ["person_unknown:nobody"]


POLICY = Policy(authorities=(Authority(act="roll_back", role="commander"),))


def list_second(first: str, second: str, policy: Policy = POLICY) -> list[str]:
    reasons = second_person_reasons(
        ESTATE, policy, RELEASE, first=first, second=second, act="roll_back"
    )
    return [reason.rule for reason in reasons]


def test_that_a_second_person_is_another_one_with_the_authority() -> None:
    assert list_second("jo", "mara") == []
    assert list_second("jo", "MOKAFOR") == []
    assert list_second("mara", "mokafor") == ["same_person"]
    assert list_second("mara", "jo") == ["authority_missing"]
    assert list_second("mara", "ilka") == ["segregation_of_duties"]
    assert list_second("mara", "tomas") == ["segregation_of_duties", "authority_missing"]
    assert list_second("mara", "stranger") == ["person_unknown", "authority_missing"]


def test_that_without_roles_in_the_policy_any_other_person_may_be_the_second() -> None:
    assert list_second("mara", "jo", Policy()) == []
    assert authority_reasons(ESTATE, Policy(), person="jo", act="roll_back") == ()
    (reason,) = authority_reasons(ESTATE, POLICY, person="jo", act="roll_back")
    assert reason.lifts == "somebody who is commander"


NAMES = st.sampled_from(
    ["mara", "mokafor", "MARA", "tomas", "tnovak", "ilka", "ilka@example.org", "jo", "JO ", "zed"]
)


@given(first=NAMES, second=NAMES)
def test_that_no_pair_of_names_of_one_person_ever_makes_two_people(first: str, second: str) -> None:
    allowed = not list_second(first, second, Policy())
    if allowed:
        assert not are_one_person(PEOPLE, first, second)
        assert not is_partial(PEOPLE, RELEASE, second)
