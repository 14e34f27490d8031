"""Whose act counts on a bridge, who may record for whom, and who is kept from their own change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.kernel.refusal import Reason
from relconsole.domain.night.around import (
    Actor,
    attribution_reasons,
    commander_reasons,
    duties,
    gather,
    is_on_bridge,
    owner_reasons,
    reason,
    signer_reasons,
)
from relconsole.domain.night.step_commands import Said
from relconsole.domain.readiness.segregation import Duty
from tests.unit.domain.night.nights import (
    BEN,
    CONSOLE,
    EVERYBODY,
    PIA,
    SIGNING,
    actor,
    bridge,
    nameless,
)
from tests.unit.domain.night.scenes import ASHA, INES, JO, MARA, STOP, TOMAS

LOOK_ALIKES = ("MARA", "Mara ", "\uff4d\uff41\uff52\uff41", "m\u200bara", "mokafor", "MOKAFOR")
"""Spellings of Mara's id and alias that a tired eye takes for it."""


def rules(reasons: tuple[Reason, ...]) -> tuple[str, ...]:
    return tuple(each.rule for each in reasons)


def test_that_the_key_that_counts_is_found_under_any_of_a_persons_names() -> None:
    around = bridge().around()
    assert {around.key_of(PersonId(name)) for name in LOOK_ALIKES} == {SIGNING[MARA].public}


def test_that_a_stranger_has_no_key_that_counts() -> None:
    assert bridge().around().key_of(PersonId("zoe")) is None


def test_that_an_act_under_the_persons_own_key_counts() -> None:
    found = bridge()
    assert attribution_reasons(found.around(MARA), found.run, STOP) == ()


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_that_a_look_alike_name_does_not_spare_anybody_the_signature(name: str) -> None:
    found = bridge()
    unsigned = found.around(actor(name, signed=False))
    assert rules(attribution_reasons(unsigned, found.run, STOP)) == ("unproven",)
    assert attribution_reasons(found.around(actor(name)), found.run, STOP) == ()


def test_that_nobody_acts_under_another_persons_key() -> None:
    found = bridge()
    foreign = Actor(person=ASHA, key=SIGNING[JO].public.fingerprint)
    assert rules(attribution_reasons(found.around(foreign), found.run, STOP)) == ("unproven",)


def test_that_nobody_acts_namelessly_once_anybody_is_enrolled() -> None:
    found = bridge(keyed=(MARA,))
    assert rules(attribution_reasons(found.around(None), found.run, STOP)) == ("who_acts",)


@pytest.mark.parametrize("name", ["asha", "zoe"])
def test_that_once_anybody_is_enrolled_a_key_that_nobody_confirmed_counts_for_nothing(
    name: str,
) -> None:
    found = bridge(keyed=(MARA,))
    own = Actor(person=PersonId(name), key=SIGNING[ASHA].public.fingerprint)
    assert rules(signer_reasons(found.around(own), STOP)) == ("unproven",)
    assert rules(attribution_reasons(found.around(own), found.run, STOP)) == ("unproven",)


@pytest.mark.parametrize("who", [None, "mara", "zoe"])
def test_that_before_anybody_is_enrolled_names_are_taken_at_their_word(who: str | None) -> None:
    found = nameless()
    unsigned = found.around(actor(who, signed=False))
    assert attribution_reasons(unsigned, found.run, STOP) == ()


@pytest.mark.parametrize("who", [None, "asha", "zoe"])
def test_that_a_rehearsal_takes_everybodys_word(who: str | None) -> None:
    found = bridge(rehearsal=True)
    around = found.around(actor(who, signed=False))
    said = Said(for_person=TOMAS)
    assert attribution_reasons(around, found.run, STOP) == ()
    assert owner_reasons(around, found.run, said, JO, STOP) == ()
    assert commander_reasons(around, found.run, STOP) == ()
    assert duties(around, found.run, said, Duty.START) == ()


def test_that_commander_and_scribe_keep_the_record_of_the_bridge() -> None:
    found = bridge()
    around = found.around()
    assert [who for who in EVERYBODY if is_on_bridge(around, found.run, who)] == [MARA, INES]
    assert all(is_on_bridge(around, found.run, PersonId(name)) for name in LOOK_ALIKES)


def test_that_a_release_without_a_scribe_leaves_the_record_to_the_commander() -> None:
    found = bridge()
    found.release = replace(found.release, scribe=None)
    around = found.around()
    assert [who for who in EVERYBODY if is_on_bridge(around, found.run, who)] == [MARA]


def test_that_an_owner_acts_on_their_own_step() -> None:
    found = bridge()
    assert owner_reasons(found.around(ASHA), found.run, Said(), ASHA, STOP) == ()
    assert owner_reasons(found.around(ASHA), found.run, Said(for_person=ASHA), ASHA, STOP) == ()


@pytest.mark.parametrize("who", [MARA, INES])
def test_that_commander_and_scribe_record_for_the_owner(who: PersonId) -> None:
    found = bridge()
    said = Said(for_person=ASHA, heard="voice")
    assert owner_reasons(found.around(who), found.run, said, ASHA, STOP) == ()


@pytest.mark.parametrize("for_person", [None, ASHA, BEN, JO])
def test_that_a_stranger_records_nothing_on_a_step_whoever_it_is_said_to_be_for(
    for_person: PersonId | None,
) -> None:
    found = bridge()
    said = Said(for_person=for_person, heard="voice")
    assert rules(owner_reasons(found.around(BEN), found.run, said, ASHA, STOP)) == (
        "not_the_owner",
    )


def test_that_an_owner_does_not_record_their_own_step_for_somebody_else() -> None:
    found = bridge()
    (against,) = owner_reasons(found.around(ASHA), found.run, Said(for_person=JO), ASHA, STOP)
    assert against == reason(
        "not_the_owner",
        STOP,
        "stop-writers is jo's; asha may not record it",
        "jo acts, or mara records it for jo",
    )


def test_that_a_step_of_nobody_is_anybodys_but_only_in_their_own_name() -> None:
    found = bridge()
    around = found.around(BEN)
    assert owner_reasons(around, found.run, Said(), None, STOP) == ()
    foreign = owner_reasons(around, found.run, Said(for_person=JO), None, STOP)
    assert rules(foreign) == ("not_the_owner",)


def test_that_a_nameless_act_is_nobodys_in_particular_before_anybody_is_enrolled() -> None:
    found = nameless()
    assert owner_reasons(found.around(None), found.run, Said(), ASHA, STOP) == ()
    assert commander_reasons(found.around(None), found.run, STOP) == ()


@pytest.mark.parametrize("name", ["mara", *LOOK_ALIKES])
def test_that_the_commander_commands_under_any_of_their_names(name: str) -> None:
    found = bridge()
    assert commander_reasons(found.around(name), found.run, STOP) == ()


def test_that_the_scribe_does_not_command() -> None:
    found = bridge()
    assert rules(commander_reasons(found.around(INES), found.run, STOP)) == ("not_the_commander",)


@pytest.mark.parametrize(
    "name", ["tomas", "tnovak", "TOMAS", "\uff54\uff4f\uff4d\uff41\uff53", "pia"]
)
@pytest.mark.parametrize("act", list(Duty))
def test_that_requester_and_author_are_kept_from_their_change_under_any_name(
    name: str, act: Duty
) -> None:
    found = bridge()
    own = duties(found.around(name), found.run, Said(), act)
    assert rules(own) == ("segregation_of_duties",)
    recorded = duties(found.around(MARA), found.run, Said(for_person=PersonId(name)), act)
    assert rules(recorded) == ("segregation_of_duties",)


def test_that_a_nameless_recorder_does_not_hide_for_whom_it_is_recorded() -> None:
    found = nameless()
    around = found.around(None)
    assert rules(duties(around, found.run, Said(for_person=PIA), Duty.START)) == (
        "segregation_of_duties",
    )
    assert duties(around, found.run, Said(for_person=ASHA), Duty.START) == ()
    assert duties(around, found.run, Said(), Duty.START) == ()


def test_that_the_console_has_a_person_under_whose_order_it_goes_on() -> None:
    assert (CONSOLE.person, CONSOLE.key) == (MARA, None)


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=3), max_size=4))
def test_that_a_refusal_gathers_every_reason_in_order_and_none_is_no_refusal(
    groups: list[list[str]],
) -> None:
    refusal = gather(*([reason(rule, "thing", "says") for rule in group] for group in groups))
    found = () if refusal is None else rules(refusal.reasons)
    assert found == tuple(rule for group in groups for rule in group)
