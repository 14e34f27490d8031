"""The two people of a rollback: who armed, who may sign, and how the signing goes."""

from __future__ import annotations

from dataclasses import replace

from relconsole.domain.night.muster_commands import AnswerMuster
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.rollback_sight import RollbackSight, eligible
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.signature import chosen_second, next_second
from relconsole_ui.presenters.two_people import (
    TwoPeopleRows,
    present_two_people,
    unsigned_reasons,
)
from tests.unit.presenters.rollback_nights import (
    INES,
    MARA,
    PLAN,
    Night,
    deployed,
    seen_of,
    signed,
    with_nobody_enrolled,
    with_release,
    with_run,
)
from tests.unit.services.rooms import JO, played
from tests.unit.services.rooms_s2 import ASHA, acts, signs


async def armed() -> Night:
    here = await deployed()
    await here.arms()
    return here


def rows(seen: Seen, sight: RollbackSight | None = None) -> TwoPeopleRows:
    assert seen.run is not None
    return present_two_people(seen, seen.run, seen.run.rollback, sight or RollbackSight())


@played
async def test_that_before_arming_nobody_has_armed_and_nobody_is_asked() -> None:
    here = await deployed()
    found = rows(seen_of(here.room))
    assert [(row.name, row.role, row.says) for row in found.rows] == [
        ("Mara", "Commander", "not armed"),
        ("Asha", "not here, not author, not requester", "not asked"),
    ]
    assert (found.is_waiting, found.can_sign, found.can_ask_other) == (False, False, False)
    assert found.rows[0].sentence == "Mara, Commander, not armed"


@played
async def test_that_who_armed_and_who_is_asked_stand_there_with_their_times() -> None:
    here = await armed()
    asked = (await signs(here.room, TwoPersonAct.ROLLBACK, here.run)).digest
    found = rows(seen_of(here.room), RollbackSight(asked=asked, place="/requests/1"))
    assert [(row.says, row.status) for row in found.rows] == [
        ("armed 20:01:00", Status.GO),
        ("not signed, asked 20:01:00", Status.WAITING),
    ]
    assert (found.second, found.second_name, found.place) == (ASHA, "Asha", "/requests/1")
    assert (found.is_waiting, found.can_sign, found.can_ask_other) == (True, True, True)
    assert found.note == "3 may sign, 1 other may not"
    assert [(each.name, each.why) for each in found.barred] == [
        ("Mara", "mara and mara are one person")
    ]


@played
async def test_that_while_somebody_signs_nobody_signs_twice() -> None:
    here = await armed()
    asked = (await signs(here.room, TwoPersonAct.ROLLBACK, here.run)).digest
    found = rows(seen_of(here.room), RollbackSight(asked=asked, is_signing=True))
    assert (found.rows[1].says, found.can_sign, found.is_signing) == ("signing", False, True)


@played
async def test_that_who_arms_without_commanding_is_no_commander() -> None:
    here = await armed()
    found = rows(with_run(seen_of(here.room), commander=JO))
    assert found.rows[0].role == ""


@played
async def test_that_a_signature_that_counts_ends_the_waiting() -> None:
    here = await armed()
    sight = await signed(here.room, RollbackSight())
    found = rows(seen_of(here.room), sight)
    assert (found.rows[1].name, found.rows[1].says) == ("Ines", "signed 20:01:00")
    assert found.rows[1].status is Status.GO
    assert not found.is_waiting
    assert unsigned_reasons(seen_of(here.room), here.room.run, sight) == ()


@played
async def test_that_who_armed_is_no_second_person_and_another_is_waited_for() -> None:
    here = await armed()
    sight = await signed(here.room, RollbackSight(), MARA)
    found = rows(seen_of(here.room), sight)
    assert (found.rows[1].says, found.rows[1].status) == ("does not count", Status.NO_GO)
    assert "one person" in found.rows[1].role
    assert found.is_waiting
    assert unsigned_reasons(seen_of(here.room), here.room.run, sight)


@played
async def test_that_an_unsigned_rollback_says_what_lacks() -> None:
    here = await armed()
    seen = seen_of(here.room)
    assert unsigned_reasons(seen, here.room.run, RollbackSight()) == (
        "A second person has not signed",
    )
    rehearsal = with_run(seen, rehearsal=True)
    assert rehearsal.run is not None
    assert unsigned_reasons(rehearsal, rehearsal.run, RollbackSight()) == ()
    sight = await signed(here.room, RollbackSight())
    workspace = replace(seen.state.workspace, releases={})
    gone = replace(seen, state=replace(seen.state, workspace=workspace))
    assert unsigned_reasons(gone, here.room.run, sight) == ("The release is not known any more",)


@played
async def test_that_a_rehearsal_shows_one_person() -> None:
    here = await armed()
    assert len(rows(with_run(seen_of(here.room), rehearsal=True)).rows) == 1


@played
async def test_that_where_nobody_may_sign_it_is_said() -> None:
    here = await armed()
    found = rows(with_nobody_enrolled(seen_of(here.room)))
    assert (found.second, found.second_name, found.note) == (None, "", "0 may sign")
    assert found.rows[1].name == "Nobody may sign"
    assert found.rows[1].status is Status.UNKNOWN
    seen = with_nobody_enrolled(seen_of(here.room))
    assert next_second(eligible(seen, here.room.run), RollbackSight()) is None


@played
async def test_that_the_next_who_may_sign_is_asked_in_turn() -> None:
    here = await armed()
    found = eligible(seen_of(here.room), here.room.run)
    assert chosen_second(found, RollbackSight(second=INES)) == INES
    assert chosen_second(found, RollbackSight(second=MARA)) == ASHA
    asked = [ASHA]
    for _ in range(3):
        following = next_second(found, RollbackSight(second=asked[-1]))
        assert following is not None
        asked.append(following)
    assert asked == [ASHA, INES, JO, ASHA]


@played
async def test_that_the_only_one_who_may_sign_cannot_be_passed_over() -> None:
    here = await armed()
    asked = (await signs(here.room, TwoPersonAct.ROLLBACK, here.run)).digest
    seen = with_release(seen_of(here.room), replace(PLAN, authors=(INES, JO)))
    assert not rows(seen, RollbackSight(asked=asked)).can_ask_other


@played
async def test_that_who_is_here_is_asked_before_who_is_not() -> None:
    here = await armed()
    await acts(here.room, AnswerMuster(release=PLAN.id, person=INES, here=True))
    found = rows(seen_of(here.room))
    assert (found.second, found.rows[1].role) == (INES, "here, not author, not requester")
