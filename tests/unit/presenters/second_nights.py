"""Nights in which an act takes two people, and what a window knows of it."""

from __future__ import annotations

from dataclasses import replace

from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.step_commands import Said
from relconsole.domain.plan.runbook import Check, Step, Undo, UndoKind
from relconsole_ui.presenters.second_sheet import SecondSight
from relconsole_ui.presenters.signature import Wanted
from tests.unit.services.rooms import JO, METRICS, Room, manual
from tests.unit.services.rooms_s2 import INES, night, signs, start, versions

SHIFT, SWITCH = StepId("shift"), StepId("switch")
LAG = Check(id="lag", system=METRICS, query="lag", below=1.0)
P95 = Check(id="p95", system=METRICS, query="p95", below=0.8)
OVERRIDE = Wanted(act=TwoPersonAct.OVERRIDE, thing=SHIFT)
COMMIT = Wanted(act=TwoPersonAct.COMMIT, thing=SWITCH)


def shift() -> Step:
    """Jo shifts the traffic, after which two checks must pass."""
    return replace(manual(SHIFT), title="Shift the traffic", owner=JO, checks=(LAG, P95))


def switch() -> Step:
    """A step that cannot be undone."""
    return replace(manual(SWITCH), title="Switch the ids", undo=Undo(kind=UndoKind.IRREVERSIBLE))


async def shifting() -> Room:
    """The traffic is shifted: the lag is too high, and nobody can see the other value."""
    room = await night(versions(shift(), switch()))
    await room.desk.must(replace(start(room, SHIFT), said=Said(for_person=JO, heard="voice")))
    room.reads(LAG.query, 1.4)
    for check in (LAG, P95):
        await room.mover().read_check(room.run.id, shift(), check, 1)
    return room


async def answered(room: Room, wanted: Wanted, signer: PersonId = INES) -> SecondSight:
    """What is known once somebody was asked and somebody answered."""
    answer = await signs(room, wanted.act, wanted.thing, signer)
    return SecondSight(asked=answer.digest, place="/requests/1", answer=answer)
