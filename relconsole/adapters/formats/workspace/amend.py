"""The keys of an amendment file, and how they become amendments of one release's plan.

    reason: why                                  # one for all that the file holds
    insert: [{id: ..., ..., before: [STEP]}]     # a step; `before` are steps that wait for it too
    reassign: [{step: STEP, owner: PERSON}]
    reorder: [{step: STEP, after: [STEP]}]       # waits for exactly these instead
    retime: [{step: STEP, not_before: "02:50", duration: 4m, unlock: yes}]
    skip: [STEP]
    not_needed: [STEP]
    repeat: [STEP]

The amendments come in this order, so that a later one may name a step that an earlier one inserts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from relconsole.adapters.formats.workspace.compose import compose
from relconsole.adapters.formats.workspace.desk import UNREAD, Desk, Frame, Unread
from relconsole.adapters.formats.workspace.estate_keys import PERSON, TEXT
from relconsole.adapters.formats.workspace.folder import read_plain_file, shown
from relconsole.adapters.formats.workspace.kinds import ListOf, Named, Truth
from relconsole.adapters.formats.workspace.nodes import MappingNode, Node, Place, ScalarNode
from relconsole.adapters.formats.workspace.records import Key, Record, Values, plainly
from relconsole.adapters.formats.workspace.runbook_keys import STEP
from relconsole.adapters.formats.workspace.times import Estimate, InWindow
from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.kernel.durations import ThreePoint
from relconsole.domain.kernel.errors import InputRejected
from relconsole.domain.kernel.ids import PersonId, StepId, SystemId
from relconsole.domain.plan.amendment import (
    Amendment,
    Insert,
    NotNeeded,
    Reassign,
    Reorder,
    Repeat,
    Retime,
    Skip,
)
from relconsole.domain.plan.runbook import Step
from relconsole.domain.release.release import Release

_STEP_NAMED: Final = Named(kinds=("step",))
_STEPS_NAMED: Final = ListOf(item=_STEP_NAMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inserted:
    """A new step and those that wait for it too."""

    step: Step
    before: tuple[StepId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reassigned:
    step: StepId
    owner: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reordered:
    step: StepId
    after: tuple[StepId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Retimed:
    step: StepId
    not_before: datetime | None = None
    duration: ThreePoint | None = None
    unlock: bool = False


def _inserted(values: Values, node: MappingNode, desk: Desk) -> _Inserted | Unread:
    before: tuple[StepId, ...] = values.pop("before", ())
    step = STEP.makes(values, node, desk)
    return step if isinstance(step, Unread) else _Inserted(step=step, before=before)


def _retimed(values: Values, node: MappingNode, desk: Desk) -> _Retimed | Unread:
    if values.get("unlock") and "not_before" in values:
        return desk.complain(node, "a step cannot have a fixed start and none: write one of them")
    if not values.keys() & {"not_before", "duration"} and not values.get("unlock"):
        return desk.complain(node, "a re-time needs not_before, duration or unlock: yes")
    return plainly(_Retimed)(values, node, desk)


def _amendments(values: Values, node: MappingNode, desk: Desk) -> tuple[Amendment, ...] | Unread:
    reason: str = values["reason"]
    found: tuple[Amendment, ...] = (
        *(Insert(step=it.step, before=it.before, reason=reason) for it in values.get("insert", ())),
        *(
            Reassign(step=it.step, owner=it.owner, reason=reason)
            for it in values.get("reassign", ())
        ),
        *(Reorder(step=it.step, after=it.after, reason=reason) for it in values.get("reorder", ())),
        *(
            Retime(
                step=it.step,
                not_before=it.not_before,
                duration=it.duration,
                unlock=it.unlock,
                reason=reason,
            )
            for it in values.get("retime", ())
        ),
        *(Skip(step=step, reason=reason) for step in values.get("skip", ())),
        *(NotNeeded(step=step, reason=reason) for step in values.get("not_needed", ())),
        *(Repeat(step=step, reason=reason) for step in values.get("repeat", ())),
    )
    return found or desk.complain(node, "an amendment that changes nothing")


_INSERTED: Final[Record[_Inserted]] = Record(
    what="step", makes=_inserted, keys=(*STEP.keys, Key("before", _STEPS_NAMED))
)
_REASSIGNED: Final[Record[_Reassigned]] = Record(
    what="reassignment",
    makes=plainly(_Reassigned),
    keys=(Key("step", _STEP_NAMED, required=True), Key("owner", PERSON, required=True)),
)
_REORDERED: Final[Record[_Reordered]] = Record(
    what="reorder",
    makes=plainly(_Reordered),
    keys=(Key("step", _STEP_NAMED, required=True), Key("after", _STEPS_NAMED, required=True)),
)
_RETIMED: Final[Record[_Retimed]] = Record(
    what="re-time",
    makes=_retimed,
    keys=(
        Key("step", _STEP_NAMED, required=True),
        Key("not_before", InWindow()),
        Key("duration", Estimate()),
        Key("unlock", Truth()),
    ),
)

AMENDMENT: Final[Record[tuple[Amendment, ...]]] = Record(
    what="amendment",
    makes=_amendments,
    keys=(
        Key("reason", TEXT, required=True),
        Key("insert", ListOf(item=_INSERTED)),
        Key("reassign", ListOf(item=_REASSIGNED)),
        Key("reorder", ListOf(item=_REORDERED)),
        Key("retime", ListOf(item=_RETIMED)),
        Key("skip", _STEPS_NAMED),
        Key("not_needed", _STEPS_NAMED),
        Key("repeat", _STEPS_NAMED),
    ),
)


def read_step(node: Node, desk: Desk) -> Step | Unread:
    """Give the step that a mapping describes, or put its problems on the desk."""
    return STEP.read(node, desk)


def read_amendment_file(
    path: Path, release: Release, estate: Estate, systems: Collection[SystemId]
) -> tuple[Amendment, ...]:
    """Give the amendments of a file, in the order in which they are to be applied.

    ``release`` bears the plan as it stands, earlier amendments included; ``systems`` are the
    connected ones. InputRejected with every problem. Whether a step has begun already, and whether
    a cycle would arise, is the plan's to say.
    """
    name = shown(path)
    desk = _desk_for(release, estate, systems)
    root, problems = compose(read_plain_file(path, name), name)
    desk.problems.extend(problems)
    found: tuple[Amendment, ...] | Unread = UNREAD
    if root is not None or not problems:
        nothing = ScalarNode(
            at=Place(file=name, line=1, column=1, field=""), text="", is_absent=True
        )
        found = AMENDMENT.read(root or nothing, desk)
        desk.settle()
    if isinstance(found, Unread) or desk.problems:
        raise InputRejected(tuple(sorted(desk.problems, key=lambda it: it.line or 0)))
    return found


def _desk_for(release: Release, estate: Estate, systems: Iterable[SystemId]) -> Desk:
    """Give a desk on which all that exists is already defined."""
    known: dict[str, Iterable[Any]] = {
        "person": estate.people,
        "service": estate.services,
        "system": systems,
        "step": [step.id for step in release.runbook.steps],
        "control total": [total.id for total in release.rollback.control_totals],
    }
    place = Place(file=release.id, line=0, column=0, field="")
    return replace(
        Desk(frame=Frame(window=release.window, zone=release.zone)),
        defined={(kind, ""): dict.fromkeys(ids, place) for kind, ids in known.items()},
    )
