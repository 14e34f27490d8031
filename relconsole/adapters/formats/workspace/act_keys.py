"""The keys of what a step does: its job, its checks, its way back, and what it replays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from relconsole.adapters.formats.workspace.desk import UNREAD, Desk, Unread
from relconsole.adapters.formats.workspace.estate_keys import SYSTEM, TEXT
from relconsole.adapters.formats.workspace.kinds import Named, Number, OneOf, Text, Texts
from relconsole.adapters.formats.workspace.nodes import MappingNode, shorten
from relconsole.adapters.formats.workspace.records import (
    Key,
    Record,
    Values,
    complain_of_key,
    plainly,
)
from relconsole.adapters.formats.workspace.times import Estimate
from relconsole.domain.plan.runbook import Check, JobRun, Replay, StepKind, Undo, UndoKind

PROSE: Final = Text(may_be_empty=True)
EXTRA: Final = "extra step"
RELIEF: Final = "relief step"
UNDO_STEP: Final = "undo step"
_HAVE_WAY_BACK: Final = frozenset({UndoKind.INVERSE, UndoKind.COMPENSATION})


def _job(values: Values, node: MappingNode, desk: Desk) -> JobRun | Unread:
    values.setdefault("parameters", {})
    return plainly(JobRun)(values, node, desk)


JOB: Final[Record[JobRun]] = Record(
    what="job",
    makes=_job,
    keys=(
        Key("system", SYSTEM, required=True),
        Key("job", TEXT, required=True),
        Key("with", Texts(), into="parameters"),
    ),
)


def _check(values: Values, node: MappingNode, desk: Desk) -> Check | Unread:
    below: float | None = values.get("below")
    above: float | None = values.get("above")
    if below is None and above is None:
        return desk.complain(node, "a check needs below, above or both")
    if below is not None and above is not None and above >= below:
        return complain_of_key(node, "above", "no value lies above this and below the other", desk)
    return plainly(Check)(values, node, desk)


CHECK: Final[Record[Check]] = Record(
    what="check",
    makes=_check,
    keys=(
        Key("id", TEXT, required=True),
        Key("system", SYSTEM, required=True),
        Key("query", TEXT, required=True),
        Key("below", Number()),
        Key("above", Number()),
    ),
)


def _undo(values: Values, node: MappingNode, desk: Desk) -> Undo | Unread:
    kind: UndoKind = values["kind"]
    if kind in _HAVE_WAY_BACK and "duration" not in values:
        return complain_of_key(node, "duration", f"an undo of kind {kind} needs duration", desk)
    excess = [key for key in ("duration", "run") if key in values and kind not in _HAVE_WAY_BACK]
    for key in excess:
        complain_of_key(node, key, f"an undo of kind {kind} has no {key}", desk)
    return UNREAD if excess else plainly(Undo)(values, node, desk)


UNDO: Final[Record[Undo]] = Record(
    what="undo",
    makes=_undo,
    keys=(
        Key("kind", OneOf(choices=UndoKind), required=True),
        Key("duration", Estimate()),
        Key("run", JOB),
        Key("title", PROSE),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proof:
    """The control totals that prove a replay."""

    count: str = ""
    amount: str = ""


_TOTAL: Final = Named(kinds=("control total",))

PROOF: Final[Record[_Proof]] = Record(
    what="proof", makes=plainly(_Proof), keys=(Key("count", _TOTAL), Key("amount", _TOTAL))
)


def _replay(values: Values, node: MappingNode, desk: Desk) -> Replay:  # noqa: ARG001 - the port's face
    proof: _Proof = values.get("proof", _Proof())
    duplicates: str = values.get("duplicates", "")
    return Replay(duplicates=duplicates, count=proof.count, amount=proof.amount)


def _replay_parts(replay: Replay) -> Mapping[str, Any]:
    proof = _Proof(count=replay.count, amount=replay.amount)
    return {"duplicates": replay.duplicates, "proof": None if proof == _Proof() else proof}


REPLAY: Final[Record[Replay]] = Record(
    what="replay",
    makes=_replay,
    parts=_replay_parts,
    keys=(Key("duplicates", PROSE), Key("proof", PROOF)),
)


def judge_run(kind: StepKind, values: Values, node: MappingNode, desk: Desk) -> None:
    """Keep a problem where the kind of step and whether it runs a job do not go together."""
    if kind is StepKind.AUTOMATED and "run" not in values:
        complain_of_key(node, "run", "a step of kind automated needs run", desk)
    if kind is not StepKind.AUTOMATED and "run" in values:
        complain_of_key(node, "run", f"a step of kind {kind} runs no job", desk)


def judge_checks(values: Values, node: MappingNode, desk: Desk) -> None:
    """Keep a problem for each id that two checks of one step bear."""
    ids = [check.id for check in values.get("checks", ())]
    for twice in sorted({it for it in ids if ids.count(it) > 1}):
        complain_of_key(node, "checks", f"the check {shorten(twice)} stands twice", desk)
