"""The keys of a relief step, which is safe on its own and no part of the work."""

from __future__ import annotations

from typing import Final

from relconsole.adapters.formats.workspace.act_keys import (
    CHECK,
    JOB,
    PROSE,
    RELIEF,
    UNDO,
    UNDO_STEP,
    judge_checks,
    judge_run,
)
from relconsole.adapters.formats.workspace.desk import UNREAD, Desk, Unread
from relconsole.adapters.formats.workspace.estate_keys import PERSON, SERVICE, TEXT
from relconsole.adapters.formats.workspace.kinds import Defined, ListOf, Never, OneOf
from relconsole.adapters.formats.workspace.nodes import MappingNode, shorten
from relconsole.adapters.formats.workspace.records import (
    Key,
    Record,
    Values,
    complain_of_key,
    plainly,
)
from relconsole.adapters.formats.workspace.times import Estimate
from relconsole.domain.plan.runbook import Mode, Step, StepKind, Undo, UndoKind
from relconsole.domain.rollback.reverse import undo_id

_ALONE: Final = Never("a relief step is safe on its own: it waits for nothing")
_SAFE: Final = Never("a relief step changes no data")


def _relief(values: Values, node: MappingNode, desk: Desk) -> Step | Unread:
    """Give a relief step, which does something and could be undone, or needs no undoing."""
    before = len(desk.problems)
    kind: StepKind = values.get("kind", StepKind.MANUAL)
    undo: Undo | None = values.get("undo")
    if kind not in {StepKind.MANUAL, StepKind.AUTOMATED}:
        complain_of_key(node, "kind", f"a relief step is manual or automated, not {kind}", desk)
    else:
        judge_run(kind, values, node, desk)
    if undo is not None and undo.kind is UndoKind.IRREVERSIBLE:
        complain_of_key(node, "undo", "a relief step is not irreversible", desk)
    judge_checks(values, node, desk)
    off = undo_id(values["id"])
    taken = [id_ for id_ in (values["id"], off) if desk.knows("step", id_)]
    taken += [id_ for id_ in (values["id"], off) if desk.knows(UNDO_STEP, id_)]
    taken += [off] if desk.knows(RELIEF, off) else []
    if taken:
        says = f"{shorten(taken[0])} is a step of the plan, or the undo of one"
        complain_of_key(node, "id", says, desk)
    desk.note(RELIEF, off, node.at)
    return UNREAD if len(desk.problems) > before else plainly(Step)(values, node, desk)


RELIEF_STEP: Final[Record[Step]] = Record(
    what="relief step",
    makes=_relief,
    keys=(
        Key("id", Defined(kind=RELIEF, is_local=True), required=True),
        Key("title", TEXT, required=True),
        Key("stream", TEXT),
        Key("owner", PERSON),
        Key("kind", OneOf(choices=StepKind)),
        Key("mode", OneOf(choices=Mode)),
        Key("after", _ALONE),
        Key("not_before", _ALONE),
        Key("services", ListOf(item=SERVICE)),
        Key("run", JOB),
        Key("duration", Estimate(), required=True),
        Key("checks", ListOf(item=CHECK)),
        Key("stations", Never("a relief step is no gate")),
        Key("quorum", Never("a relief step is no gate")),
        Key("silence", Never("a relief step mutes no alerts")),
        Key("changes_data", _SAFE),
        Key("replays", _SAFE),
        Key("undo", UNDO),
        Key("note", PROSE),
    ),
)
"""A step that is safe on its own; its undo, where it has one, is how it is turned off again.

It must be read after the steps, whose ids and undos it may not bear.
"""
