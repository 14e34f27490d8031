"""Keys of people: who may bring, confirm and revoke them, and how they are taken over."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relconsole.domain.console.commands import (
    ConsoleCommand,
    RegisterKey,
    RevokeKey,
    TakeOverKeys,
)
from relconsole.domain.console.decide_keys import enrolment_binding
from relconsole.domain.console.facts import EffectiveKey, KeysTakenOver
from relconsole.domain.estate.policy import Authority, Policy
from relconsole.domain.kernel.ids import Fingerprint, PersonId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.domain.readiness.keys import (
    ENROL_ACT,
    KeyEnrolled,
    KeyRegistered,
    KeyRevoked,
    Keyring,
)
from tests.unit.domain.console.consoles import (
    Console,
    answered,
    enrol,
    enrolment,
    mark,
    signer,
    stocked,
)
from tests.unit.domain.night.nights import BEN, JOURNAL, SIGNING, keyring
from tests.unit.domain.night.scenes import ASHA, INES, JO, MARA, at

ZOE = PersonId("zoe")


def revoke(person: PersonId) -> RevokeKey:
    return RevokeKey(fingerprint=mark(person), reason="laptop lost")


def founded() -> Console:
    """A console where Mara's and Ines's keys count."""
    console = stocked()
    console.founds(MARA, INES)
    return console


# Bringing a key.


def test_that_a_person_brings_a_key_which_does_not_count_yet() -> None:
    console = stocked()
    text = SIGNING[MARA].public.text
    (fact,) = console.does(RegisterKey(person=MARA, public_key=text), Actor(person=MARA))
    assert fact == KeyRegistered(person=MARA, public_key=text, at=at(0))
    assert not console.state.keys.effective


def test_that_a_strangers_a_foreign_and_a_malformed_key_are_not_taken() -> None:
    console = founded()
    text = SIGNING[MARA].public.text
    assert console.refuses(RegisterKey(person=ZOE, public_key=text)) == ("person_unknown",)
    assert console.refuses(RegisterKey(person=JO, public_key=text)) == ("key_of_another",)
    assert console.refuses(RegisterKey(person=JO, public_key="no key")) == ("key_malformed",)


# Confirming one.


def test_that_two_people_who_confirm_each_other_found_the_ring() -> None:
    console = stocked()
    console.registers(MARA, INES)
    (fact,) = console.does(enrol(INES), signer(MARA))
    assert fact == KeyEnrolled(
        person=INES, fingerprint=mark(INES), by=MARA, means="read out", at=at(0)
    )
    assert not console.state.keys.effective
    console.does(enrol(MARA), signer(INES))
    assert console.state.keys.effective == keyring((MARA, INES)).effective


def test_that_whose_key_counts_confirms_others() -> None:
    console = founded()
    console.registers(JO)
    console.enrols(MARA, JO)
    assert console.state.keys.effective[JO] == mark(JO)


@pytest.mark.parametrize("name", ["MARA", "Mara ", "mokafor", "\uff4d\uff41\uff52\uff41"])
def test_that_nobody_confirms_their_own_key_under_another_name(name: str) -> None:
    console = founded()
    again = Actor(person=PersonId(name), key=mark(MARA))
    assert console.refuses(enrol(MARA), again) == ("same_person",)


def test_that_a_confirmation_is_signed_by_a_person_under_their_own_key() -> None:
    console = founded()
    console.registers(JO)
    assert console.refuses(enrol(JO)) == ("who_acts",)
    assert console.refuses(enrol(JO), Actor(person=MARA)) == ("unproven",)
    assert console.refuses(enrol(JO), signer(MARA, BEN)) == ("unproven",)


def test_that_before_any_key_counts_only_ones_own_newest_key_confirms() -> None:
    console = stocked()
    console.registers(MARA, INES)
    assert console.refuses(enrol(INES), signer(MARA, BEN)) == ("unproven",)
    assert console.refuses(enrol(INES), signer(ASHA)) == ("key_missing",)
    assert console.refuses(enrol(INES), Actor(person=ZOE, key=mark(BEN))) == ("person_unknown",)


def test_that_a_founder_confirms_under_an_alias_too() -> None:
    console = stocked()
    console.registers(MARA, INES)
    assert console.does(enrol(INES), Actor(person=PersonId("MOKAFOR"), key=mark(MARA)))


def test_that_a_key_that_nobody_confirmed_confirms_none_once_others_count() -> None:
    console = founded()
    console.registers(JO, ASHA)
    assert console.refuses(enrol(ASHA), signer(JO)) == ("key_unproven",)


def test_that_only_the_newest_key_of_a_person_is_confirmed() -> None:
    console = founded()
    console.registers(JO)
    assert console.refuses(enrol(JO, BEN), signer(MARA)) == ("key_not_newest",)


def test_that_policy_may_name_who_confirms() -> None:
    policy = Policy(authorities=(Authority(act=ENROL_ACT, role="commander"),))
    console = stocked(policy=policy)
    console.registers(MARA, INES)
    assert console.does(enrol(INES), signer(MARA))
    assert console.refuses(enrol(MARA), signer(INES)) == ("authority_missing",)


# Confirming one by a signed answer.


def test_that_who_answers_the_request_in_their_own_process_confirms() -> None:
    console = founded()
    console.registers(JO)
    command = answered(JO, INES, enrolment(JO))
    (fact,) = console.does(command, Actor(person=JO))
    assert isinstance(fact, KeyEnrolled)
    assert (fact.by, fact.request, fact.answer) == (INES, command.request, command.answer)
    assert console.state.keys.effective[JO] == mark(JO)


def test_that_a_founder_may_answer_from_elsewhere() -> None:
    console = stocked()
    console.registers(MARA, INES)
    console.enrols(MARA, INES)
    console.does(answered(MARA, INES, enrolment(MARA)))
    assert console.state.keys.effective == keyring((MARA, INES)).effective


def test_that_an_answer_in_another_journal_confirms_nothing_here() -> None:
    console = founded()
    console.registers(JO)
    foreign = answered(JO, INES, enrolment(JO, journal="journal-2"))
    assert console.refuses(foreign) == ("no_such_request",)


@pytest.mark.parametrize(
    "changed",
    [
        {"act": "rollback"},
        {"what": {"binds": enrolment_binding(ASHA, mark(JO))}},
        {"what": {"binds": enrolment_binding(JO, mark(ASHA))}},
        {"what": {"shows": {}}},
    ],
    ids=["another act", "another person", "another key", "nothing bound"],
)
def test_that_what_was_signed_is_the_confirmation_of_this_very_key(
    changed: dict[str, object],
) -> None:
    console = founded()
    console.registers(JO)
    other = answered(JO, INES, enrolment(JO, **changed))
    assert console.refuses(other) == ("no_such_request",)


def test_that_an_answer_to_what_is_no_request_confirms_nothing() -> None:
    console = founded()
    console.registers(JO)
    broken = replace(answered(JO, INES, enrolment(JO)), request="{}")
    assert console.refuses(broken) == ("no_such_request",)


def test_that_a_request_that_was_touched_up_afterwards_confirms_nothing() -> None:
    console = founded()
    console.registers(JO)
    command = answered(JO, INES, enrolment(JO))
    touched = replace(command, request=command.request.replace('"shows":{}', '"shows":{"a":1}'))
    assert console.refuses(touched) == ("no_such_request",)


def test_that_an_answer_under_another_key_or_to_another_request_confirms_nothing() -> None:
    console = founded()
    console.registers(JO)
    forged = answered(JO, INES, enrolment(JO), key=BEN)
    assert console.refuses(forged) == ("answer_with_another_key",)
    swapped = replace(
        answered(JO, INES, enrolment(JO)), answer=answered(JO, INES, enrolment(ASHA)).answer
    )
    assert console.refuses(swapped) == ("answer_to_another_request",)


def test_that_only_who_was_asked_answers_and_only_in_time() -> None:
    console = founded()
    console.registers(JO)
    asked = enrolment(JO, person_asked=MARA)
    assert console.refuses(answered(JO, INES, asked)) == ("answer_by_another_person",)
    console.clock = 10
    assert console.refuses(answered(JO, MARA, asked)) == ("answer_expired",)


def test_that_an_unproven_or_unknown_signers_answer_confirms_nothing() -> None:
    console = founded()
    console.registers(JO, ASHA)
    assert console.refuses(answered(JO, ASHA, enrolment(JO))) == ("key_unproven",)
    assert console.refuses(answered(JO, BEN, enrolment(JO))) == ("key_missing",)
    assert console.refuses(answered(JO, ZOE, enrolment(JO), key=BEN)) == ("person_unknown",)


def test_that_nobody_answers_for_their_own_key() -> None:
    console = founded()
    assert console.refuses(answered(MARA, MARA, enrolment(MARA))) == ("same_person",)


# Revoking one.


@pytest.mark.parametrize("who", [MARA, INES])
def test_that_a_key_is_revoked_by_its_person_or_somebody_entitled(who: PersonId) -> None:
    console = founded()
    (fact,) = console.does(revoke(MARA), signer(who))
    assert fact == KeyRevoked(
        person=MARA, fingerprint=mark(MARA), by=who, reason="laptop lost", at=at(0)
    )
    assert set(console.state.keys.effective) == {INES}


def test_that_a_revocation_is_signed_with_a_key_that_counts() -> None:
    console = founded()
    assert console.refuses(revoke(MARA)) == ("who_acts",)
    assert console.refuses(revoke(MARA), Actor(person=INES)) == ("unproven",)
    assert console.refuses(revoke(MARA), signer(INES, BEN)) == ("unproven",)


def test_that_whoever_registers_a_key_in_a_colleagues_name_revokes_nobodys() -> None:
    console = founded()
    forged = RegisterKey(person=JO, public_key=SIGNING[BEN].public.text)
    console.does(forged)
    assert console.refuses(revoke(MARA), signer(JO, BEN)) == ("key_unproven",)
    console.does(RegisterKey(person=INES, public_key=SIGNING[ASHA].public.text))
    assert console.refuses(revoke(MARA), signer(INES, ASHA)) == ("unproven",)


def test_that_a_revoked_key_revokes_and_confirms_nothing_from_then_on() -> None:
    console = founded()
    console.does(revoke(MARA), signer(INES))
    console.registers(JO)
    assert console.refuses(revoke(INES), signer(MARA)) == ("key_revoked",)
    assert console.refuses(enrol(JO), signer(MARA)) == ("key_revoked",)
    assert console.refuses(answered(JO, MARA, enrolment(JO))) == ("key_revoked",)


def test_that_a_revoked_key_founds_no_ring_either() -> None:
    console = stocked()
    console.registers(MARA, INES)
    console.does(revoke(MARA), signer(MARA))
    assert console.refuses(enrol(INES), signer(MARA)) == ("key_revoked",)


def test_that_a_key_that_nobody_registered_is_not_revoked() -> None:
    assert founded().refuses(revoke(JO), signer(MARA)) == ("key_missing",)


def test_that_whom_policy_does_not_name_revokes_only_their_own_key() -> None:
    policy = Policy(authorities=(Authority(act=ENROL_ACT, role="lead"),))
    console = stocked(policy=policy)
    console.record(KeysTakenOver(effective=()))
    console.registers(MARA, BEN, JO)
    assert console.refuses(revoke(MARA), signer(JO)) == ("authority_missing",)
    assert console.does(revoke(JO), signer(JO))


# Taking them over.


def test_that_keys_that_count_are_taken_over_once() -> None:
    console, live = stocked(), founded()
    take = TakeOverKeys(keys=live.state.keys)
    facts = console.does(take)
    assert [type(fact) for fact in facts] == [KeyRegistered, KeyRegistered, KeysTakenOver]
    assert facts[-1] == KeysTakenOver(
        effective=(
            EffectiveKey(person=INES, fingerprint=mark(INES)),
            EffectiveKey(person=MARA, fingerprint=mark(MARA)),
        )
    )
    assert console.state.keys.effective == live.state.keys.effective
    assert console.does(take) == ()


def test_that_what_no_longer_counts_there_counts_no_longer_here() -> None:
    console, live = stocked(), founded()
    console.does(TakeOverKeys(keys=live.state.keys))
    live.does(revoke(MARA), signer(INES))
    (fact,) = console.does(TakeOverKeys(keys=live.state.keys))
    assert isinstance(fact, KeysTakenOver)
    assert set(console.state.keys.effective) == {INES}


def test_that_keys_of_people_whom_the_journal_does_not_know_stay_where_they_are() -> None:
    console = Console()
    assert console.does(TakeOverKeys(keys=keyring((MARA, INES)))) == ()


def test_that_nothing_is_taken_over_from_where_no_key_counts() -> None:
    assert stocked().does(TakeOverKeys(keys=Keyring())) == ()


def test_that_what_somebody_signs_to_confirm_a_key_names_person_and_fingerprint() -> None:
    assert enrolment_binding(JO, Fingerprint("ab")) == {"person": "jo", "fingerprint": "ab"}
    assert enrolment(JO).journal == JOURNAL


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["register", "enrol", "answer", "revoke"]),
            st.sampled_from([MARA, INES, JO, BEN]),
            st.sampled_from([MARA, INES, JO, BEN]),
            st.sampled_from([MARA, INES, JO, BEN, None]),
        ),
        max_size=14,
    )
)
def test_that_a_key_counts_only_by_another_whose_own_key_counts(
    asked: list[tuple[str, PersonId, PersonId, PersonId | None]],
) -> None:
    console = stocked()
    for kind, person, by, key in asked:
        who = Actor(person=by, key=mark(key)) if key is not None else Actor(person=by)
        text = SIGNING[key or person].public.text
        commands: dict[str, ConsoleCommand] = {
            "register": RegisterKey(person=person, public_key=text),
            "enrol": enrol(person),
            "answer": answered(person, by, enrolment(person), key=key),
            "revoke": revoke(person),
        }
        before = console.state.keys.effective
        facts = console.decide(commands[kind], who)
        if isinstance(facts, Refusal):
            continue
        console.record(*facts, who=who)
        after = console.state.keys.effective
        new = {each for each, found in after.items() if before.get(each) != found}
        if not new:
            continue
        assert kind in {"enrol", "answer"}
        assert by != person
        if before:
            assert (new, before[by]) == ({person}, mark(key or by))
        else:
            assert new == {person, by}
