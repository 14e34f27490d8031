"""Segregation of duties: nobody helps their own change into production.

Identities are those of the estate, where an alias and a look-alike spelling are the same person.
Whether a signature is genuine is asked elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.people import Person, are_one_person, find_person, is_one_of
from relconsole.domain.estate.policy import Policy, may_act, roles_for
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.kernel.refusal import Reason
from relconsole.domain.release.release import Release


class Duty(StrEnum):
    """What a person does to a production step."""

    START = "start"
    CONFIRM = "confirm"
    VOTE = "vote"
    SECOND = "second"


_WORDS = {
    Duty.START: "start a production step of",
    Duty.CONFIRM: "confirm a production step of",
    Duty.VOTE: "vote on",
    Duty.SECOND: "be the second person for",
}


def is_partial(people: Mapping[PersonId, Person], release: Release, person: str) -> bool:
    """Tell whether a person is the requester or an author of a release, under any name."""
    return is_one_of(people, person, (release.requester, *release.authors))


def duty_reasons(
    people: Mapping[PersonId, Person],
    release: Release,
    *,
    actor: str,
    for_person: str | None = None,
    act: Duty,
) -> tuple[Reason, ...]:
    """Give why people may not do this to a production step of a release, none where they may.

    ``for_person`` is the owner for whom the actor records it; both are asked. Somebody whom the
    estate does not know is refused: nobody can tell whether it is the requester.
    """
    named = (actor,) if for_person is None else (actor, for_person)
    return tuple(
        reason for person in dict.fromkeys(named) for reason in _judge(people, release, person, act)
    )


def _judge(
    people: Mapping[PersonId, Person], release: Release, person: str, act: Duty
) -> tuple[Reason, ...]:
    """Give the reasons against one person."""
    if is_partial(people, release, person):
        part = "requester" if are_one_person(people, person, release.requester) else "an author"
        part = "the requester" if part == "requester" else part
        return (
            Reason(
                rule="segregation_of_duties",
                thing=person,
                says=f"{person} is {part} of {release.id} and may not {_WORDS[act]} it",
                lifts="somebody who neither requested nor wrote the change does it",
            ),
        )
    if find_person(people, person) is None:
        return (
            Reason(
                rule="person_unknown",
                thing=person,
                says=f"the estate knows nobody called {person}",
                lifts=f"{person} is entered among the people of the estate",
            ),
        )
    return ()


def second_person_reasons(
    estate: Estate, policy: Policy, release: Release, *, first: str, second: str, act: str
) -> tuple[Reason, ...]:
    """Give why somebody may not be second person of an act, none where they may.

    Not the first person, under any name; neither requester nor author; and, where the policy names
    roles for the act, one who holds one of them.
    """
    reasons = list(duty_reasons(estate.people, release, actor=second, act=Duty.SECOND))
    if are_one_person(estate.people, first, second):
        reasons.append(
            Reason(
                rule="same_person",
                thing=second,
                says=f"{second} and {first} are one person",
                lifts="a second person",
            )
        )
    reasons.extend(authority_reasons(estate, policy, person=second, act=act))
    return tuple(reasons)


def authority_reasons(
    estate: Estate, policy: Policy, *, person: str, act: str
) -> tuple[Reason, ...]:
    """Give why a person lacks the authority for an act, none where the policy names no role."""
    roles = roles_for(policy, act)
    if not roles or may_act(policy, estate, person, act):
        return ()
    return (
        Reason(
            rule="authority_missing",
            thing=person,
            says=f"{person} holds no role that may {act}",
            lifts=f"somebody who is {' or '.join(roles)}",
        ),
    )
