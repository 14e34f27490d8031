from __future__ import annotations

import pytest
from immutables import Map

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.people import Person
from relconsole.domain.estate.policy import Authority, Policy, may_act, roles_for
from relconsole.domain.kernel.ids import PersonId

ANN = Person(id=PersonId("ann"), name="Ann", roles=("change_manager",), aliases=("aberg",))
BEN = Person(id=PersonId("ben"), name="Ben", roles=("commander",))
ESTATE = Estate(people=Map({person.id: person for person in (ANN, BEN)}))
POLICY = Policy(
    authorities=(
        Authority(act="accept_conflict", role="change_manager"),
        Authority(act="roll_back", role="commander"),
        Authority(act="roll_back", role="operations"),
    )
)


def test_that_the_roles_of_an_act_come_in_the_order_of_the_policy() -> None:
    assert roles_for(POLICY, "roll_back") == ("commander", "operations")
    assert roles_for(POLICY, "unheard_of") == ()


@pytest.mark.parametrize(
    ("person", "act", "may"),
    [
        ("ann", "accept_conflict", True),
        ("ABERG", "accept_conflict", True),
        ("ben", "accept_conflict", False),
        ("ben", "roll_back", True),
        ("ben", "unheard_of", False),
        ("cleo", "roll_back", False),
    ],
)
def test_that_a_person_may_act_only_by_a_role_that_holds_the_act(
    person: str, act: str, may: bool
) -> None:
    assert may_act(POLICY, ESTATE, person, act) is may
