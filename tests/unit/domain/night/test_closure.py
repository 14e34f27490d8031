"""The closure code of the change: proposed by the report, set once a person has confirmed it."""

from __future__ import annotations

import json
from dataclasses import replace

from relconsole.domain.night.change_commands import ConfirmClosure
from relconsole.domain.night.change_facts import ClosureCode, ClosureConfirmed
from relconsole.domain.night.effect_facts import EffectIntended, Purpose
from relconsole.domain.night.step_commands import Said
from tests.unit.domain.night.nights import Bridge, release
from tests.unit.domain.night.scenes import INES, RUN, begin
from tests.unit.domain.night.test_change import CHANGE, at_the_end, bridge, ends

PROPOSED = ClosureCode.PARTLY


def over() -> Bridge:
    """A night that has ended."""
    night = at_the_end(bridge())
    ends(night)
    return night


def confirm(code: ClosureCode = PROPOSED, note: str = "") -> ConfirmClosure:
    return ConfirmClosure(run=RUN, code=code, proposed=PROPOSED, said=Said(note=note))


def test_that_a_confirmed_code_stands_with_who_confirmed_it_and_is_told_to_the_record() -> None:
    night = over()
    confirmed, told = night.does(confirm(), by=INES)
    assert confirmed == ClosureConfirmed(run=RUN, change=CHANGE, code=PROPOSED, proposed=PROPOSED)
    assert isinstance(told, EffectIntended)
    assert told.purpose is Purpose.NOTE
    assert json.loads(told.payload)["text"] == (
        "closure code partly implemented, confirmed by ines"
    )
    assert night.run.closure is not None
    assert (night.run.closure.fact, night.run.closure.by) == (confirmed, INES)


def test_that_another_code_than_the_proposed_one_needs_a_reason() -> None:
    night = over()
    assert night.refuses(confirm(ClosureCode.SUCCESSFUL, " ")) == ("no_reason",)
    confirmed, told = night.does(confirm(ClosureCode.SUCCESSFUL, "the rest is next week"))
    assert isinstance(confirmed, ClosureConfirmed)
    assert confirmed.proposed is PROPOSED
    assert isinstance(told, EffectIntended)
    assert json.loads(told.payload)["text"].endswith(": the rest is next week")


def test_that_a_confirmed_code_is_superseded_with_a_reason_and_never_said_twice() -> None:
    night = over()
    night.does(confirm())
    assert night.refuses(confirm()) == ("closure_same", "no_reason")
    assert night.refuses(confirm(ClosureCode.SUCCESSFUL)) == ("no_reason",)
    night.does(confirm(ClosureCode.SUCCESSFUL, "it was whole after all"))
    assert night.run.closure is not None
    assert night.run.closure.fact.code is ClosureCode.SUCCESSFUL


def test_that_no_code_is_confirmed_before_the_end() -> None:
    assert bridge().refuses(confirm()) == ("run_open",)


def test_that_a_rehearsal_and_a_release_without_a_change_have_no_closure_code() -> None:
    rehearsal = Bridge(night=begin(rehearsal=True), release=release())
    assert rehearsal.refuses(confirm()) == ("no_change",)
    bare = Bridge(night=begin(), release=replace(release(), change=None))
    assert bare.refuses(confirm()) == ("no_change",)
