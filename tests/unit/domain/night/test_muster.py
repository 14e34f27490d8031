from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from immutables import Map

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.ahead import NeedRole
from relconsole.domain.night.muster import Muster, make_muster, muster_times
from relconsole.domain.night.muster_marks import MusterStanding, PersonMark
from tests.unit.domain.night.scenes import (
    ANNOUNCE,
    ASHA,
    DEPLOY,
    DROP,
    GATE,
    INES,
    JO,
    MARA,
    STOP,
    at,
    begin,
    estate,
    minutes,
    release,
)


def test_that_each_person_stands_as_they_were_called_and_have_answered() -> None:
    marks = {
        MARA: PersonMark(here=True, answered_at=at(-20)),
        ASHA: PersonMark(called_at=at(-20), way="pager"),
        JO: PersonMark(called_at=at(-17), way="chat"),
    }
    found = make_muster(release(), estate(), at(-14), marks=marks, patience=minutes(3.5))
    assert {line.person: line.standing for line in found.people} == {
        MARA: MusterStanding.HERE,
        INES: MusterStanding.NOT_CALLED,
        ASHA: MusterStanding.MISSING,
        JO: MusterStanding.CALLED,
    }
    absent = found.standing(MusterStanding.MISSING, MusterStanding.CALLED)
    assert [(line.person, line.mark.way) for line in absent] == [(ASHA, "pager"), (JO, "chat")]
    assert found.patience == minutes(3.5)


def names(muster: Muster) -> list[str]:
    return [line.person for line in muster.people]


def test_that_a_muster_is_due_an_hour_and_a_quarter_of_an_hour_before_the_window() -> None:
    assert muster_times(release()) == (at(-60), at(-15))


def test_that_an_hour_before_it_calls_those_of_the_first_half_hour() -> None:
    found = make_muster(release(), estate(), at(-60))
    assert found.until == at(30)
    assert names(found) == [MARA, INES, ASHA, JO]
    assert found.nobody == ()


def test_that_only_those_needed_in_the_next_half_hour_are_called() -> None:
    night = begin()
    for step, moment in ((ANNOUNCE, 0), (STOP, 2), (DEPLOY, 7)):
        night.start(step, moment, MARA)
        night.end(step, moment + 1, MARA)
    soon = make_muster(release(), estate(), at(10), run=night.run)
    assert [need.step for line in soon.people for need in line.needs] == [GATE, GATE, GATE]
    later = make_muster(release(), estate(), at(31), run=night.run)
    assert DROP in {need.step for line in later.people for need in line.needs}


def test_that_each_person_comes_with_ways_hours_and_what_they_are_needed_for() -> None:
    found = make_muster(release(), estate(), at(-15))
    mara, ines, asha, jo = found.people
    assert [reach.way for reach in mara.reach] == ["phone", "chat"]
    assert (mara.on_duty, mara.needed_at, mara.roles) == (
        True,
        None,
        ("commander", "owner", "decides"),
    )
    assert (ines.roles, ines.reach, ines.on_duty, ines.needs) == (("scribe",), (), None, ())
    assert (asha.on_duty, asha.needed_at) == (False, at(2))
    assert asha.roles == ("owner", "station ledger")
    assert (jo.on_duty, [need.role for need in jo.needs]) == (
        None,
        [NeedRole.OWNER, NeedRole.STATION],
    )


def test_that_a_coming_step_without_anybody_is_named() -> None:
    people = {name: person for name, person in estate().people.items() if name != ASHA}
    found = make_muster(release(), Estate(people=Map(people)), at(-15))
    assert [(need.step, need.role, need.asked) for need in found.nobody] == [
        (STOP, NeedRole.OWNER, "asha"),
        (GATE, NeedRole.STATION, "ledger"),
    ]
    assert not found.is_complete


def test_that_a_commander_the_estate_does_not_know_is_said_to_be_unknown() -> None:
    stranger = replace(release(), commander=PersonId("zed"), scribe=None)
    first = make_muster(stranger, estate(), at(-15)).people[0]
    assert (first.person, first.known, first.reach, first.on_duty) == ("zed", False, (), None)


def test_that_a_commander_who_writes_too_is_called_once() -> None:
    found = make_muster(replace(release(), scribe=PersonId("mokafor")), estate(), at(-15))
    assert names(found) == [MARA, ASHA, JO]


def test_that_the_commander_of_the_run_is_called_not_the_planned_one() -> None:
    night = begin()
    handed = replace(night.run, commander=INES)
    found = make_muster(release(), estate(), at(1), run=handed)
    assert names(found)[0] == INES
    assert MARA not in names(found)


def test_that_a_rehearsal_looks_ahead_from_now() -> None:
    night = begin(rehearsal=True, after=-600)
    found = make_muster(release(), estate(), at(-600), run=night.run, ahead=timedelta(minutes=5))
    assert found.until == at(-595)
    assert names(found) == [MARA, INES, ASHA]


@pytest.mark.parametrize("lacking", ["reach", "duty", "nothing"])
def test_that_a_muster_is_complete_when_everybody_can_be_reached_and_is_on_duty(
    lacking: str,
) -> None:
    mara = estate().people[MARA]
    everybody = {
        name: replace(
            person,
            reach=() if lacking == "reach" and name == JO else mara.reach,
            on_duty=mara.on_duty if lacking == "duty" and name == JO else None,
            zone="Asia/Tokyo" if lacking == "duty" and name == JO else "UTC",
        )
        for name, person in estate().people.items()
    }
    found = make_muster(release(), Estate(people=Map(everybody)), at(-15), ahead=minutes(30))
    assert found.is_complete == (lacking == "nothing")
    assert found.bridge == release().bridge
    assert found.vendors == release().vendors
