from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.people import Person, are_one_person
from relconsole.domain.estate.policy import Authority, Policy
from relconsole.domain.kernel.ids import Fingerprint, PersonId
from relconsole.domain.kernel.refusal import Reason
from relconsole.domain.readiness.keys import (
    KeyEnrolled,
    KeyFact,
    KeyRegistered,
    KeyRevoked,
    Keyring,
    effective_key,
    enrol_reasons,
    entitled_to_enrol,
    evolve_keyring,
    fold_keyring,
    register_reasons,
    revoke_reasons,
)
from relconsole.domain.record.signature import PublicKey

NOW = datetime(2026, 4, 1, tzinfo=UTC)
PEOPLE = Map(
    {
        PersonId(name): Person(id=PersonId(name), name=name, aliases=aliases, roles=roles)
        for name, aliases, roles in (
            ("ann", ("aberg",), ("security",)),
            ("ben", (), ("security",)),
            ("cleo", (), ()),
            ("dan", (), ()),
        )
    }
)
EVERYBODY = frozenset(PEOPLE)


def make_key(number: int) -> PublicKey:
    return PublicKey(bytes([number]) * 32)


OWN = {"ann": make_key(1), "ben": make_key(2), "cleo": make_key(3), "dan": make_key(4)}


def registers(name: str, key: PublicKey | None = None) -> KeyRegistered:
    return KeyRegistered(person=PersonId(name), public_key=(key or OWN[name]).text, at=NOW)


def confirms(by: str, name: str, key: PublicKey | None = None) -> KeyEnrolled:
    return KeyEnrolled(
        person=PersonId(name),
        fingerprint=(key or OWN[name]).fingerprint,
        by=PersonId(by),
        means="read out on the phone",
        at=NOW,
    )


def revokes(by: str, name: str, key: PublicKey | None = None) -> KeyRevoked:
    return KeyRevoked(
        person=PersonId(name),
        fingerprint=(key or OWN[name]).fingerprint,
        by=PersonId(by),
        reason="laptop lost",
        at=NOW,
    )


def fold(*facts: KeyFact, entitled: frozenset[PersonId] = EVERYBODY) -> Keyring:
    return fold_keyring(facts, PEOPLE, entitled)


ALL_REGISTERED = tuple(registers(name) for name in OWN)
FOUNDED = fold(*ALL_REGISTERED, confirms("ann", "ben"), confirms("ben", "ann"))


def follow(keyring: Keyring, *facts: KeyFact) -> Keyring:
    for fact in facts:
        keyring = evolve_keyring(keyring, fact, PEOPLE, EVERYBODY)
    return keyring


def why_not(keyring: Keyring, name: str) -> str:
    found = effective_key(keyring, name, PEOPLE)
    assert isinstance(found, Reason)
    return found.rule


def test_that_a_registered_key_is_unproven() -> None:
    keyring = fold(registers("ann"))
    assert why_not(keyring, "ann") == "key_unproven"
    assert why_not(keyring, "ben") == "key_missing"
    assert why_not(keyring, "zed") == "person_unknown"


def test_that_two_people_who_confirm_each_other_become_the_founding_pair() -> None:
    half = fold(*ALL_REGISTERED, confirms("ann", "ben"))
    assert why_not(half, "ben") == "key_unproven"
    assert effective_key(FOUNDED, "ann", PEOPLE) == OWN["ann"]
    assert effective_key(FOUNDED, "ABERG", PEOPLE) == OWN["ann"]
    assert effective_key(FOUNDED, "ben", PEOPLE) == OWN["ben"]
    assert why_not(FOUNDED, "cleo") == "key_unproven"


def test_that_confirming_in_a_ring_founds_nothing() -> None:
    ring = fold(
        *ALL_REGISTERED, confirms("ann", "ben"), confirms("ben", "cleo"), confirms("cleo", "ann")
    )
    assert not ring.effective


def test_that_after_the_founding_only_a_key_that_counts_confirms_another() -> None:
    assert effective_key(follow(FOUNDED, confirms("ann", "cleo")), "cleo", PEOPLE) == OWN["cleo"]
    second_pair = follow(FOUNDED, confirms("cleo", "dan"), confirms("dan", "cleo"))
    assert why_not(second_pair, "cleo") == "key_unproven"
    assert why_not(second_pair, "dan") == "key_unproven"


def test_that_what_was_offered_before_the_founding_makes_nothing_after_it() -> None:
    keyring = fold(
        *ALL_REGISTERED,
        confirms("cleo", "dan"),
        confirms("ann", "ben"),
        confirms("ben", "ann"),
        confirms("dan", "cleo"),
    )
    assert set(keyring.effective) == {"ann", "ben"}


@pytest.mark.parametrize("name", ["ann", "ANN", "aberg", "a\u200bnn"])
def test_that_nobody_confirms_their_own_key_under_any_name(name: str) -> None:
    reasons = enrol_reasons(
        FOUNDED, PEOPLE, EVERYBODY, person="ann", fingerprint=OWN["ann"].fingerprint, by=name
    )
    assert [reason.rule for reason in reasons] == ["same_person"]
    alone = fold(registers("ann"), confirms(name, "ann"), confirms("ann", name, OWN["ann"]))
    assert why_not(alone, "ann") == "key_unproven"


def test_that_a_confirmation_that_is_not_taken_names_its_rule() -> None:
    def list_rules(
        person: str, key: PublicKey, by: str, entitled: frozenset[PersonId] = EVERYBODY
    ) -> list[str]:
        reasons = enrol_reasons(
            keyring, PEOPLE, entitled, person=person, fingerprint=key.fingerprint, by=by
        )
        return [reason.rule for reason in reasons]

    keyring = follow(FOUNDED, revokes("cleo", "cleo"))
    assert list_rules("dan", OWN["dan"], "ann") == []
    assert list_rules("zed", OWN["dan"], "ann") == ["person_unknown"]
    assert list_rules("dan", OWN["dan"], "zed") == ["person_unknown"]
    assert list_rules("dan", OWN["ben"], "ann") == ["key_not_newest"]
    assert list_rules("cleo", OWN["cleo"], "ann") == ["key_revoked"]
    assert list_rules("dan", OWN["dan"], "cleo") == ["key_revoked"]
    assert list_rules("ben", OWN["ben"], "dan") == ["key_unproven"]
    assert list_rules("dan", OWN["dan"], "ann", frozenset()) == ["authority_missing"]
    keyring = fold(registers("ann"))
    assert list_rules("ann", OWN["ann"], "ben") == ["key_missing"]
    keyring = fold(registers("ann"), registers("ben"), revokes("ben", "ben"))
    assert list_rules("ann", OWN["ann"], "ben") == ["key_revoked"]


def test_that_only_the_entitled_found_and_confirm() -> None:
    entitled = frozenset({PersonId("ann")})
    assert not fold(
        *ALL_REGISTERED, confirms("ann", "ben"), confirms("ben", "ann"), entitled=entitled
    ).effective


def test_that_a_policy_names_the_roles_that_confirm_keys_or_everybody_does() -> None:
    estate = Estate(people=PEOPLE)
    assert entitled_to_enrol(Policy(), estate) == EVERYBODY
    policy = Policy(authorities=(Authority(act="enrol_key", role="security"),))
    assert entitled_to_enrol(policy, estate) == {"ann", "ben"}


def test_that_a_new_key_takes_the_place_of_the_old_one_when_it_is_confirmed() -> None:
    new = make_key(9)
    pending = follow(FOUNDED, registers("ann", new))
    assert effective_key(pending, "ann", PEOPLE) == OWN["ann"]
    assert effective_key(follow(pending, confirms("ben", "ann", new)), "ann", PEOPLE) == new
    assert effective_key(follow(pending, confirms("ben", "ann")), "ann", PEOPLE) == OWN["ann"]


def test_that_a_revoked_key_is_refused_for_good() -> None:
    revoked = follow(FOUNDED, revokes("ben", "ann"))
    assert why_not(revoked, "ann") == "key_revoked"
    assert effective_key(revoked, "ben", PEOPLE) == OWN["ben"]
    again = follow(revoked, registers("ann"), confirms("ben", "ann"))
    assert why_not(again, "ann") == "key_revoked"
    new = make_key(9)
    renewed = follow(revoked, registers("ann", new), confirms("ben", "ann", new))
    assert effective_key(renewed, "ann", PEOPLE) == new


def test_that_a_key_that_no_longer_counts_confirms_nobody() -> None:
    revoked = follow(FOUNDED, revokes("ben", "ann"), confirms("ann", "cleo"))
    assert why_not(revoked, "cleo") == "key_unproven"


def test_that_a_pair_may_found_again_when_every_key_is_gone() -> None:
    gone = follow(FOUNDED, revokes("ann", "ann"), revokes("ben", "ben"))
    assert not gone.effective
    again = follow(gone, confirms("cleo", "dan"), confirms("dan", "cleo"))
    assert set(again.effective) == {"cleo", "dan"}


def test_that_the_key_of_somebody_who_left_counts_no_longer() -> None:
    without_ann = PEOPLE.delete(PersonId("ann"))
    found = effective_key(FOUNDED, "ann", without_ann)
    assert isinstance(found, Reason)
    assert found.rule == "person_unknown"


def test_that_one_key_is_never_registered_for_two_people() -> None:
    def list_rules(person: str, text: str) -> list[str]:
        reasons = register_reasons(keyring, PEOPLE, person=person, public_key=text)
        return [reason.rule for reason in reasons]

    keyring = follow(FOUNDED, revokes("dan", "dan"))
    assert list_rules("cleo", OWN["ann"].text) == ["key_of_another"]
    assert list_rules("ann", OWN["ann"].text) == []
    assert list_rules("aberg", make_key(9).text) == []
    assert list_rules("dan", OWN["dan"].text) == ["key_revoked"]
    assert list_rules("ann", "not a key") == ["key_malformed"]
    assert list_rules("zed", make_key(9).text) == ["person_unknown"]
    stolen = follow(FOUNDED, registers("cleo", OWN["ann"]), confirms("ben", "cleo", OWN["ann"]))
    assert why_not(stolen, "cleo") == "key_unproven"
    assert effective_key(stolen, "ann", PEOPLE) == OWN["ann"]


def test_that_a_key_is_revoked_by_its_person_or_by_somebody_entitled() -> None:
    def list_rules(key: PublicKey, by: str, entitled: frozenset[PersonId]) -> list[str]:
        reasons = revoke_reasons(FOUNDED, PEOPLE, entitled, fingerprint=key.fingerprint, by=by)
        return [reason.rule for reason in reasons]

    assert list_rules(OWN["ann"], "aberg", frozenset()) == []
    assert list_rules(OWN["ann"], "ben", EVERYBODY) == []
    assert list_rules(OWN["ann"], "ben", frozenset()) == ["authority_missing"]
    assert list_rules(OWN["ann"], "zed", EVERYBODY) == ["person_unknown"]
    assert list_rules(make_key(99), "ann", EVERYBODY) == ["key_missing"]


NAMES = st.sampled_from(["ann", "aberg", "ANN", "ben", "cleo", "dan", "zed"])
KEYS = st.integers(1, 6).map(make_key)
FACTS = st.lists(
    st.one_of(
        st.builds(registers, NAMES, KEYS),
        st.builds(confirms, NAMES, NAMES, KEYS),
        st.builds(confirms, NAMES, NAMES, KEYS),
        st.builds(revokes, NAMES, NAMES, KEYS),
    ),
    max_size=30,
)


@given(facts=FACTS)
def test_that_a_key_counts_only_after_another_person_confirmed_it(facts: list[KeyFact]) -> None:
    keyring = fold(*facts)
    revoked = {fact.fingerprint for fact in facts if isinstance(fact, KeyRevoked)}
    for name, fingerprint in keyring.effective.items():
        assert fingerprint not in revoked
        assert keyring.owners[fingerprint] == name
        assert any(
            isinstance(fact, KeyEnrolled)
            and fact.fingerprint == fingerprint
            and not are_one_person(PEOPLE, fact.by, name)
            and fact.by != "zed"
            for fact in facts
        )
    assert len(set(keyring.effective.values())) == len(keyring.effective)


@given(facts=FACTS)
def test_that_no_act_of_one_person_alone_makes_a_key_count(facts: list[KeyFact]) -> None:
    own = [
        fact
        for fact in facts
        if are_one_person(
            PEOPLE, "ann", fact.person if isinstance(fact, KeyRegistered) else fact.by
        )
    ]
    assert not fold(*own).effective


def test_that_a_fingerprint_nobody_registered_is_confirmed_for_nobody() -> None:
    reasons = enrol_reasons(
        FOUNDED, PEOPLE, EVERYBODY, person="cleo", fingerprint=Fingerprint("0" * 64), by="ann"
    )
    assert [reason.rule for reason in reasons] == ["key_not_newest"]
