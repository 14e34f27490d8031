"""A night to print: under way, with trouble, and a prepared rollback."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from immutables import Map

from relconsole.adapters.formats.paper.blocks import Cell, Facts, Heading, Lines, Sheet, Table
from relconsole.adapters.formats.paper.paper_night import PaperNight
from relconsole.domain.kernel.ids import EnvironmentId, ServiceId, StepId, SystemId
from relconsole.domain.plan.runbook import Check, Step
from relconsole.domain.release.release import ControlTotal, RestorePoint
from relconsole.domain.rollback.plan import RollbackPlan
from relconsole.domain.rollback.preflight import PlannedItem
from tests.unit.domain.night.scenes import (
    ANNOUNCE,
    ASHA,
    DEPLOY,
    JO,
    MARA,
    PLAN,
    RELEASE,
    STOP,
    UNDO_DEPLOY,
    Night,
    at,
    begin,
    estate,
    minutes,
    release,
    undo_deploy,
)
from tests.unit.domain.night.test_ahead import forecast
from tests.unit.domain.night.test_brief_text import bridge_facts

EXTRA = StepId("tell-the-bank")


def rollback_plan() -> RollbackPlan:
    """Undo the deployment, then tell the bank, with one restore point and one total."""
    tell = Step(
        id=EXTRA,
        title="Tell the bank",
        after=(UNDO_DEPLOY,),
        duration=replace(undo_deploy().duration, worst=minutes(5)),
        note="by telephone",
        changes_data=True,
        checks=(Check(id="lag", system=SystemId("metrics"), query="lag", above=0.0, below=5.0),),
    )
    return RollbackPlan(
        release=RELEASE,
        covered=(DEPLOY, STOP),
        steps=(undo_deploy(), tell),
        undoes=Map({UNDO_DEPLOY: DEPLOY}),
        items=(
            PlannedItem(
                service=ServiceId("payments-api"),
                environment=EnvironmentId("prod"),
                before=("2.31.0", "2.30.4"),
                after="2.30.4",
            ),
            PlannedItem(
                service=ServiceId("ledger"),
                environment=EnvironmentId("prod"),
                before=(),
                after=None,
            ),
        ),
        restore_points=(
            RestorePoint(
                id="dump", before=STOP, what="a dump", where="vault 2", kept_until=at(600)
            ),
            RestorePoint(id="copy", before=STOP, what="a copy", where="vault 3"),
        ),
        control_totals=(
            ControlTotal(id="rows", title="Rows", system=SystemId("metrics"), query="sum(rows)"),
        ),
        calls=Map({UNDO_DEPLOY: None, EXTRA: None}),
    )


def under_way() -> Night:
    night = begin()
    night.start(ANNOUNCE, 0, MARA)
    night.end(ANNOUNCE, 2, MARA)
    night.start(STOP, 3, MARA, for_person=ASHA, heard="voice")
    night.end(STOP, 9, MARA, for_person=ASHA, heard="voice")
    night.start(DEPLOY, 10, JO)
    bridge_facts(night)
    return night


def paper(night: Night | None = None) -> PaperNight:
    return PaperNight(
        release=release(),
        estate=estate(),
        plan=PLAN,
        made_at=at(11) if night else at(0) - timedelta(minutes=30),
        run=night.run if night else None,
        forecast=forecast() if night else None,
        rollback=rollback_plan(),
        latest=Map({STOP: at(130), DEPLOY: None}),
    )


def words_of(sheet: Sheet) -> str:
    """Everything that is printed, as one line."""
    found: list[str] = []
    for block in sheet.blocks:
        match block:
            case Heading(text=text):
                found.append(f"[{text}]")
            case Facts(rows=rows):
                found += [f"{label} {text}" for label, text in rows]
            case Lines(lines=lines, boxed=boxed):
                found += [f"!{line}!" if boxed else line for line in lines]
            case Table(head=head, rows=rows):
                found += [" ".join(head)]
                found += [" ".join(_words(cell) for cell in row) for row in rows]
    return " ".join(" ".join(found).split())


def _words(cell: Cell) -> str:
    return " ".join((cell.text, *cell.below))
