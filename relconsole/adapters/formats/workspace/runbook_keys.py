"""The keys of a runbook: steps, what they run, their checks, and their way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from relconsole.adapters.formats.workspace.act_keys import (
    CHECK,
    EXTRA,
    JOB,
    PROSE,
    REPLAY,
    UNDO,
    UNDO_STEP,
    judge_checks,
    judge_run,
)
from relconsole.adapters.formats.workspace.desk import UNREAD, Desk, Frame, Unread
from relconsole.adapters.formats.workspace.estate_keys import PERSON, SERVICE, SYSTEM, TEXT, TEXTS
from relconsole.adapters.formats.workspace.kinds import (
    Defined,
    Duration,
    Kind,
    ListOf,
    Named,
    Never,
    Number,
    OneOf,
    Truth,
    Whole,
    read_id,
)
from relconsole.adapters.formats.workspace.nodes import (
    MappingNode,
    Node,
    items_of,
    path_to,
    shorten,
    text_at,
)
from relconsole.adapters.formats.workspace.records import (
    Key,
    Record,
    Values,
    attributes_of,
    complain_of_key,
    plainly,
)
from relconsole.adapters.formats.workspace.relief_keys import RELIEF_STEP
from relconsole.adapters.formats.workspace.times import Deadline, Estimate, InWindow
from relconsole.adapters.formats.workspace.written import Written, word
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import ServiceId, StepId, SystemId
from relconsole.domain.plan.graph import find_cycle
from relconsole.domain.plan.runbook import (
    Mode,
    Runbook,
    Step,
    StepKind,
    StepSilence,
    Undo,
    UndoKind,
)
from relconsole.domain.rollback.reverse import has_way_back, undo_id

_MOST_CYCLES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Silence:
    """A silence as written; ``lasts`` is None for as long as the step may take."""

    system: SystemId
    services: tuple[ServiceId, ...]
    lasts: timedelta | None = None


SILENCE: Final[Record[_Silence]] = Record(
    what="silence",
    makes=plainly(_Silence),
    keys=(
        Key("system", SYSTEM, required=True),
        Key("services", ListOf(item=SERVICE, at_least_one="names no service"), required=True),
        Key("lasts", Duration(may_be_zero=False)),
    ),
)


@dataclass(frozen=True, slots=True)
class _MakesStep:
    """Makes a step; an extra step of a rollback needs no way back of its own."""

    needs_undo: bool

    def __call__(self, values: Values, node: MappingNode, desk: Desk, /) -> Step | Unread:
        """Give the step where its keys go together; every clash is a problem."""
        before = len(desk.problems)
        kind: StepKind = values.get("kind", StepKind.MANUAL)
        judge_run(kind, values, node, desk)
        _judge_stations(kind, values, node, desk)
        self._judge_undo(kind, values, node, desk)
        judge_checks(values, node, desk)
        _judge_replay(kind, values, node, desk)
        if len(desk.problems) > before:
            return UNREAD
        silence: _Silence | None = values.get("silence")
        if silence is not None:
            lasts = silence.lasts or values["duration"].worst
            values["silence"] = StepSilence(
                system=silence.system, services=silence.services, lasts=lasts
            )
        made = plainly(Step)(values, node, desk)
        if self.needs_undo and isinstance(made, Step) and has_way_back(made):
            desk.note(UNDO_STEP, undo_id(made.id), node.at)
        if isinstance(made, Step):
            _remark_replay(made, node, desk)
        return made

    def _judge_undo(self, kind: StepKind, values: Values, node: MappingNode, desk: Desk) -> None:
        undo: Undo | None = values.get("undo")
        changes = kind in {StepKind.MANUAL, StepKind.AUTOMATED}
        if undo is None and changes and self.needs_undo:
            complain_of_key(node, "undo", f"a step of kind {kind} needs undo", desk)
        if undo is not None and not changes and undo.kind is not UndoKind.NONE:
            complain_of_key(node, "undo", f"a step of kind {kind} has nothing to undo", desk)


def _judge_replay(kind: StepKind, values: Values, node: MappingNode, desk: Desk) -> None:
    if "replays" in values and kind not in {StepKind.MANUAL, StepKind.AUTOMATED}:
        complain_of_key(node, "replays", f"a step of kind {kind} replays nothing", desk)


def _remark_replay(step: Step, node: MappingNode, desk: Desk) -> None:
    """Keep a remark where a replay counts as irreversible although another way back is written."""
    if step.replays is not None and step.way_back is not step.undo.kind:
        says = f"does not state {', '.join(step.replays.lacks)}: the step counts as irreversible"
        desk.remark(node.find("replays") or node, says, path_to(node.at, "replays"))


def _judge_stations(kind: StepKind, values: Values, node: MappingNode, desk: Desk) -> None:
    stations: tuple[str, ...] = values.get("stations", ())
    if kind is not StepKind.GATE:
        for key in ("stations", "quorum"):
            if key in values:
                complain_of_key(node, key, f"a step of kind {kind} has no {key}", desk)
        return
    if not stations:
        complain_of_key(node, "stations", "a gate needs stations", desk)
    elif len(set(stations)) < len(stations):
        complain_of_key(node, "stations", "a station is named twice", desk)
    elif values.get("quorum", 1) > len(stations):
        complain_of_key(node, "quorum", f"there are only {len(stations)} stations", desk)


def _step_parts(step: Step) -> Mapping[str, Any]:
    """Give the fields of a step.

    The length of its silence is left out where it is the step's own, and so is the undo of a step
    that has nothing to undo.
    """
    parts = attributes_of(step)
    if not step.changes_production and step.undo == Undo(kind=UndoKind.NONE):
        parts["undo"] = None
    if step.silence is not None:
        own = step.silence.lasts == step.duration.worst
        parts["silence"] = _Silence(
            system=step.silence.system,
            services=step.silence.services,
            lasts=None if own else step.silence.lasts,
        )
    return parts


@dataclass(frozen=True, slots=True, kw_only=True)
class BackwardStep:
    """A step of the way back: the undo of a step, named by its own id or by that step, or an extra.

    It must be read after the runbook, which says what there is to undo.
    """

    may_be_extra: bool

    def read(self, node: Node, desk: Desk) -> str | Unread:
        """Give the id that the step has on the way back, and keep it as named."""
        kinds = (UNDO_STEP, EXTRA) if self.may_be_extra else (UNDO_STEP,)
        text = read_id(node, desk, UNDO_STEP)
        if isinstance(text, Unread):
            return text
        is_forward = desk.knows("step", text) and not desk.knows(UNDO_STEP, text)
        found = undo_id(StepId(text)) if is_forward else text
        desk.refer(kinds, found, node.at)
        return found

    def write(self, value: str, frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give the id that the step has on the way back."""
        return word(value)


def _steps(kind: str, *, waits_for: Kind[str], needs_undo: bool) -> Record[Step]:
    """Give the record of a step whose id is of this kind, and which may wait for these."""
    return Record(
        what="step",
        makes=_MakesStep(needs_undo),
        parts=_step_parts,
        keys=(
            Key("id", Defined(kind=kind, is_local=True), required=True),
            Key("title", TEXT, required=True),
            Key("stream", TEXT),
            Key("owner", PERSON),
            Key("kind", OneOf(choices=StepKind)),
            Key("mode", OneOf(choices=Mode)),
            Key("after", ListOf(item=waits_for)),
            Key("not_before", InWindow()),
            Key("services", ListOf(item=SERVICE)),
            Key("run", JOB),
            Key("duration", Estimate(), required=True),
            Key("checks", ListOf(item=CHECK)),
            Key("stations", TEXTS),
            Key("quorum", Whole(least=1)),
            Key("silence", SILENCE),
            Key("changes_data", Truth()),
            Key("replays", REPLAY),
            Key("undo", UNDO, stated=True),
            Key("note", PROSE),
            Key("relief", Never("relief steps stand under relief, beside steps")),
        ),
    )


STEP: Final = _steps("step", waits_for=Named(kinds=("step",)), needs_undo=True)
"""A step of a runbook."""

EXTRA_STEP: Final = _steps(EXTRA, waits_for=BackwardStep(may_be_extra=True), needs_undo=False)
"""A step that only the rollback has; ``after: [deploy]`` waits for the undo of ``deploy``."""


def refuse_cycles(steps: Node | None, desk: Desk) -> None:
    """Keep a problem for each cycle in ``after``, asked of the nodes so that none hides.

    Each problem names its cycle and stands at the ``after`` of its smallest step.
    """
    nodes: dict[str, MappingNode] = {}
    for it in items_of(steps):
        if isinstance(it, MappingNode):
            nodes.setdefault(text_at(it, "id"), it)
    waiting = [
        Step(
            id=StepId(step),
            title=step,
            duration=plain(timedelta(0)),
            after=tuple(StepId(text) for text in _texts(node.find("after"))),
        )
        for step, node in nodes.items()
    ]
    for _ in range(_MOST_CYCLES):
        cycle = find_cycle(tuple(waiting))
        if not cycle:
            return
        first = cycle.index(min(cycle))
        turned = (*cycle[first:], *cycle[:first], cycle[first])
        way = " waits for ".join(shorten(step) for step in turned)
        complain_of_key(nodes[turned[0]], "after", f"a cycle: {way}", desk)
        broken = set(cycle)
        waiting = [replace(it, after=()) if it.id in broken else it for it in waiting]


def _texts(node: Node | None) -> list[str]:
    return [text for it in items_of(node) if isinstance(text := getattr(it, "text", None), str)]


RUNBOOK: Final[Record[Runbook]] = Record(
    what="runbook",
    makes=plainly(Runbook),
    keys=(
        Key("deadline", Deadline()),
        Key("decision_time", Duration()),
        Key("verification", Duration()),
        Key("unrehearsed_factor", Number(least=1)),
        Key("steps", ListOf(item=STEP)),
        Key("relief", ListOf(item=RELIEF_STEP)),
    ),
)
