"""Who may say at a muster that somebody was called, is here, or is gone."""

from __future__ import annotations

import pytest

from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.domain.night.decide_muster import decide_muster
from relconsole.domain.night.muster_commands import AnswerMuster, CallPerson, MusterCommand
from relconsole.domain.night.muster_facts import MusterFact, PersonCalled, PersonGone, PersonHere
from relconsole.domain.night.step_commands import Said
from tests.unit.domain.night.nights import BEN, Bridge, bridge, nameless
from tests.unit.domain.night.scenes import ASHA, INES, JO, MARA, RELEASE, RUN

HERE = AnswerMuster(release=RELEASE, person=ASHA, here=True)


def said(
    night: Bridge, command: MusterCommand, by: Actor | str | None = MARA, *, opened: bool = True
) -> MusterFact | tuple[str, ...]:
    """The fact of a word, or the rules by which it is refused."""
    found = decide_muster(night.around(by), night.run if opened else None, command)
    if isinstance(found, Refusal):
        return tuple(reason.rule for reason in found.reasons)
    (fact,) = found
    return fact


def test_that_anybody_with_a_key_says_that_somebody_was_called() -> None:
    night = bridge()
    call = CallPerson(release=RELEASE, person=ASHA, said=Said(note="no answer"))
    assert said(night, call, by=JO) == PersonCalled(
        release=RELEASE, run=RUN, person=ASHA, way="pager", note="no answer"
    )
    by_phone = CallPerson(release=RELEASE, person=JO, way="phone")
    assert said(night, by_phone) == PersonCalled(release=RELEASE, run=RUN, person=JO, way="phone")
    unreachable = CallPerson(release=RELEASE, person=JO)
    assert said(night, unreachable) == PersonCalled(release=RELEASE, run=RUN, person=JO, way="")
    assert said(night, call, by=None) == ("who_acts",)


def test_that_a_person_answers_for_themselves_under_any_name() -> None:
    night = bridge()
    assert said(night, HERE, by=ASHA) == PersonHere(release=RELEASE, run=RUN, person=ASHA)
    alias = AnswerMuster(release=RELEASE, person=PersonId("MOKAFOR"), here=False)
    assert said(night, alias, by=MARA) == PersonGone(release=RELEASE, run=RUN, person=MARA)


@pytest.mark.parametrize("recorder", [MARA, INES])
def test_that_commander_and_scribe_record_what_they_heard(recorder: str) -> None:
    heard = AnswerMuster(
        release=RELEASE, person=ASHA, here=True, said=Said(heard="voice", note="in the train")
    )
    assert said(bridge(), heard, by=recorder) == PersonHere(
        release=RELEASE, run=RUN, person=ASHA, heard="voice", note="in the train"
    )


def test_that_nobody_else_answers_for_a_person() -> None:
    assert said(bridge(), HERE, by=BEN) == ("not_the_owner",)
    assert said(bridge(), HERE, by=None) == ("who_acts",)


def test_that_before_the_run_is_opened_the_bridge_of_the_release_counts() -> None:
    night = bridge()
    assert said(night, HERE, opened=False) == PersonHere(release=RELEASE, run=None, person=ASHA)
    assert said(night, HERE, by=BEN, opened=False) == ("not_the_owner",)


def test_that_nobody_is_mustered_whom_the_estate_does_not_know() -> None:
    stranger = CallPerson(release=RELEASE, person=PersonId("nobody"))
    assert said(bridge(), stranger) == ("person_unknown",)


def test_that_where_nobody_has_a_key_and_in_a_rehearsal_everybodys_word_is_taken() -> None:
    unnamed = nameless()
    assert isinstance(said(unnamed, HERE, by=None), PersonHere)
    rehearsal = bridge(rehearsal=True)
    assert isinstance(said(rehearsal, HERE, by=BEN), PersonHere)
