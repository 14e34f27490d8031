"""Whose key counts: registered by its person, confirmed by somebody else who is entitled to.

Until then a key signs as *unproven* and satisfies no rule. Signatures themselves are in ``record``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, assert_never

from immutables import Map

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.people import Person, are_one_person, find_person
from relconsole.domain.estate.policy import Policy, roles_for
from relconsole.domain.kernel.ids import Fingerprint, PersonId
from relconsole.domain.kernel.refusal import Reason
from relconsole.domain.record.request import Answer
from relconsole.domain.record.signature import PublicKey

ENROL_ACT = "enrol_key"
"""The act for which a policy may name roles; without any, everybody of the estate is entitled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRegistered:
    """A person brought a public key, as base64url text."""

    KIND: ClassVar[str] = "key_registered"

    person: PersonId
    public_key: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEnrolled:
    """``by`` confirmed to a person the fingerprint of their key; ``means`` says how.

    Where ``by`` signed in a process of their own, ``request`` is what was asked, as canonical text,
    and ``answer`` the signature.
    """

    KIND: ClassVar[str] = "key_enrolled"

    person: PersonId
    fingerprint: Fingerprint
    by: PersonId
    means: str
    at: datetime
    request: str = ""
    answer: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRevoked:
    """A key counts no longer; what it signs from now on is refused."""

    KIND: ClassVar[str] = "key_revoked"

    person: PersonId
    fingerprint: Fingerprint
    by: PersonId
    reason: str
    at: datetime


KeyFact = KeyRegistered | KeyEnrolled | KeyRevoked


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """What the key facts come to so far.

    ``keys`` and ``owners`` hold every key ever registered, ``newest`` the last one of each person,
    ``effective`` the one that counts, ``revoked`` why one no longer does. ``offered`` are pairs of
    a confirmed and a confirming key from the time before any key counted.
    """

    keys: Map[Fingerprint, PublicKey] = field(default_factory=Map)
    owners: Map[Fingerprint, PersonId] = field(default_factory=Map)
    newest: Map[PersonId, Fingerprint] = field(default_factory=Map)
    effective: Map[PersonId, Fingerprint] = field(default_factory=Map)
    revoked: Map[Fingerprint, str] = field(default_factory=Map)
    offered: frozenset[tuple[Fingerprint, Fingerprint]] = frozenset()


def entitled_to_enrol(policy: Policy, estate: Estate) -> frozenset[PersonId]:
    """Give who may confirm a key: holders of the roles the policy names, or everybody."""
    roles = roles_for(policy, ENROL_ACT)
    return frozenset(
        person.id
        for person in estate.people.values()
        if not roles or not set(roles).isdisjoint(person.roles)
    )


def effective_key(
    keyring: Keyring, person: str, people: Mapping[PersonId, Person]
) -> PublicKey | Reason:
    """Give the key whose signatures count as this person's, or why there is none."""
    found = find_person(people, person)
    if found is None:
        return _name_stranger(person)
    fingerprint = keyring.effective.get(found.id)
    if fingerprint is not None:
        return keyring.keys[fingerprint]
    newest = keyring.newest.get(found.id)
    if newest is None:
        return Reason(
            rule="key_missing",
            thing=found.id,
            says=f"{found.id} has registered no key",
            lifts=f"{found.id} makes a key, and somebody else confirms its fingerprint",
        )
    if newest in keyring.revoked:
        return _name_revoked(keyring, found.id, newest)
    return Reason(
        rule="key_unproven",
        thing=found.id,
        says=f"nobody entitled has confirmed the key {newest} of {found.id}",
        lifts="somebody else who is entitled to confirms its fingerprint",
    )


def register_reasons(
    keyring: Keyring, people: Mapping[PersonId, Person], *, person: str, public_key: str
) -> tuple[Reason, ...]:
    """Give why a key is not registered for a person, none where it is."""
    if find_person(people, person) is None:
        return (_name_stranger(person),)
    key = _read_key(public_key)
    if key is None:
        return (
            Reason(
                rule="key_malformed",
                thing=person,
                says="this is no Ed25519 public key in base64url",
                lifts="the public key as the tool printed it",
            ),
        )
    owner = keyring.owners.get(key.fingerprint)
    if key.fingerprint in keyring.revoked:
        return (_name_revoked(keyring, person, key.fingerprint),)
    if owner is not None and not are_one_person(people, owner, person):
        return (
            Reason(
                rule="key_of_another",
                thing=person,
                says=f"the key {key.fingerprint} is {owner}'s",
                lifts=f"a key of {person}'s own",
            ),
        )
    return ()


def enrol_reasons(
    keyring: Keyring,
    people: Mapping[PersonId, Person],
    entitled: Collection[PersonId],
    *,
    person: str,
    fingerprint: Fingerprint,
    by: str,
) -> tuple[Reason, ...]:
    """Give why a confirmation of a key is not taken, none where it is.

    It comes from somebody else, under any name, who is entitled and whose own key counts; only
    while no key counts at all may it come from the owner of a registered one.
    """
    owner, confirmer = find_person(people, person), find_person(people, by)
    if owner is None or confirmer is None:
        return (_name_stranger(person if owner is None else by),)
    reasons: list[Reason] = []
    if are_one_person(people, person, by):
        reasons.append(
            Reason(
                rule="same_person",
                thing=by,
                says=f"{by} and {person} are one person",
                lifts="somebody else confirms the fingerprint",
            )
        )
    if confirmer.id not in entitled:
        reasons.append(
            Reason(
                rule="authority_missing",
                thing=by,
                says=f"{by} is not entitled to confirm keys",
                lifts=f"somebody who may {ENROL_ACT}",
            )
        )
    if fingerprint in keyring.revoked:
        reasons.append(_name_revoked(keyring, person, fingerprint))
    elif keyring.newest.get(owner.id) != fingerprint:
        reasons.append(
            Reason(
                rule="key_not_newest",
                thing=person,
                says=f"{fingerprint} is not the key that {person} registered last",
                lifts=f"the fingerprint that {person} reads out",
            )
        )
    own = effective_key(keyring, by, people)
    if isinstance(own, Reason) and (
        _some_key_counts(keyring, people) or _usable_newest(keyring, confirmer.id) is None
    ):
        reasons.append(own)
    return tuple(reasons)


def revoke_reasons(
    keyring: Keyring,
    people: Mapping[PersonId, Person],
    entitled: Collection[PersonId],
    *,
    fingerprint: Fingerprint,
    by: str,
) -> tuple[Reason, ...]:
    """Give why a key is not revoked, none where it is: by its person, or by somebody entitled."""
    owner, revoker = keyring.owners.get(fingerprint), find_person(people, by)
    if owner is None:
        return (
            Reason(
                rule="key_missing",
                thing=fingerprint,
                says=f"nobody registered the key {fingerprint}",
                lifts="the fingerprint of a registered key",
            ),
        )
    if revoker is None:
        return (_name_stranger(by),)
    if revoker.id in entitled or are_one_person(people, owner, by):
        return ()
    return (
        Reason(
            rule="authority_missing",
            thing=by,
            says=f"{by} may not revoke the key of {owner}",
            lifts=f"{owner}, or somebody who may {ENROL_ACT}",
        ),
    )


def evolve_keyring(
    keyring: Keyring,
    fact: KeyFact,
    people: Mapping[PersonId, Person],
    entitled: Collection[PersonId],
) -> Keyring:
    """Give the keyring after one more fact; one that breaks a rule changes nothing.

    Two people who confirmed each other's newest keys while no key counted become the founding
    pair. A confirmed key takes the place of the person's former one. A revocation always holds.
    """
    match fact:
        case KeyRegistered():
            return _register(keyring, fact, people)
        case KeyEnrolled():
            return _enrol(keyring, fact, people, entitled)
        case KeyRevoked():
            return replace(
                keyring,
                revoked=keyring.revoked.set(fact.fingerprint, fact.reason),
                effective=Map(
                    {
                        person: fingerprint
                        for person, fingerprint in keyring.effective.items()
                        if fingerprint != fact.fingerprint
                    }
                ),
            )
        case _:
            assert_never(fact)


def fold_keyring(
    facts: Iterable[KeyFact],
    people: Mapping[PersonId, Person],
    entitled: Collection[PersonId],
) -> Keyring:
    """Give what key facts come to, in the order in which they were recorded."""
    keyring = Keyring()
    for fact in facts:
        keyring = evolve_keyring(keyring, fact, people, entitled)
    return keyring


def _register(keyring: Keyring, fact: KeyRegistered, people: Mapping[PersonId, Person]) -> Keyring:
    """Give the keyring with one more key, which does not count yet."""
    found, key = find_person(people, fact.person), _read_key(fact.public_key)
    refused = register_reasons(keyring, people, person=fact.person, public_key=fact.public_key)
    if found is None or key is None or refused:
        return keyring
    return replace(
        keyring,
        keys=keyring.keys.set(key.fingerprint, key),
        owners=keyring.owners.set(key.fingerprint, found.id),
        newest=keyring.newest.set(found.id, key.fingerprint),
    )


def _enrol(
    keyring: Keyring,
    fact: KeyEnrolled,
    people: Mapping[PersonId, Person],
    entitled: Collection[PersonId],
) -> Keyring:
    """Give the keyring with a confirmation taken."""
    refused = enrol_reasons(
        keyring, people, entitled, person=fact.person, fingerprint=fact.fingerprint, by=fact.by
    )
    owner, confirmer = find_person(people, fact.person), find_person(people, fact.by)
    if refused or owner is None or confirmer is None:
        return keyring
    if confirmer.id in keyring.effective:
        return replace(keyring, effective=keyring.effective.set(owner.id, fact.fingerprint))
    own = keyring.newest[confirmer.id]
    if (own, fact.fingerprint) not in keyring.offered:
        return replace(keyring, offered=keyring.offered | {(fact.fingerprint, own)})
    pair = keyring.effective.set(owner.id, fact.fingerprint).set(confirmer.id, own)
    return replace(keyring, effective=pair, offered=frozenset())


def _some_key_counts(keyring: Keyring, people: Mapping[PersonId, Person]) -> bool:
    """Tell whether anybody of the estate has an effective key."""
    return any(person in people for person in keyring.effective)


def _usable_newest(keyring: Keyring, person: PersonId) -> Fingerprint | None:
    """Give a person's newest key unless it is revoked."""
    newest = keyring.newest.get(person)
    return None if newest in keyring.revoked else newest


def _read_key(text: str) -> PublicKey | None:
    """Give the public key of a text, None where it is none."""
    try:
        return PublicKey.from_text(text)
    except ValueError:
        return None


def _name_stranger(person: str) -> Reason:
    """Give the reason that the estate does not know a name."""
    return Reason(
        rule="person_unknown",
        thing=person,
        says=f"the estate knows nobody called {person}",
        lifts=f"{person} is entered among the people of the estate",
    )


def _name_revoked(keyring: Keyring, person: str, fingerprint: Fingerprint) -> Reason:
    """Give the reason that a key is revoked."""
    return Reason(
        rule="key_revoked",
        thing=person,
        says=f"the key {fingerprint} was revoked: {keyring.revoked[fingerprint]}",
        lifts=f"a new key of {person}, confirmed by somebody else",
    )
