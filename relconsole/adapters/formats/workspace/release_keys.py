"""The keys of a release: window, people and contacts, health limits, way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from relconsole.adapters.formats.workspace.act_keys import JOB
from relconsole.adapters.formats.workspace.desk import UNREAD, Desk, Frame, Unread
from relconsole.adapters.formats.workspace.estate_keys import (
    ENVIRONMENT,
    PERSON,
    SERVICE,
    SYSTEM,
    TEXT,
)
from relconsole.adapters.formats.workspace.kinds import (
    Defined,
    Duration,
    ListOf,
    Named,
    Number,
    OneOf,
    Texts,
)
from relconsole.adapters.formats.workspace.message_keys import MESSAGE
from relconsole.adapters.formats.workspace.nodes import MappingNode, Node, shorten
from relconsole.adapters.formats.workspace.records import (
    Key,
    Record,
    Values,
    attributes_of,
    complain_of_key,
    plainly,
)
from relconsole.adapters.formats.workspace.runbook_keys import (
    EXTRA_STEP,
    RUNBOOK,
    BackwardStep,
    refuse_cycles,
)
from relconsole.adapters.formats.workspace.times import (
    Estimate,
    InWindow,
    Moments,
    Zone,
    meant_at,
    meant_by,
    zone_beside,
)
from relconsole.adapters.formats.workspace.written import Written, word
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.release.release import (
    Bridge,
    ChangeReference,
    ChangeStates,
    ContractChange,
    ControlTotal,
    DialIn,
    Indicator,
    Item,
    Limit,
    RehearsalPlace,
    Release,
    ReleaseType,
    RestorePoint,
    RollbackEdits,
    Severity,
    UndoEdit,
    VendorContact,
)

STEP_NAMED: Final = Named(kinds=("step",))


def _window(values: Values, node: MappingNode, desk: Desk) -> Frame | Unread:
    zone = zone_beside(values, ("start", "end"), node, desk)
    if isinstance(zone, Unread):
        return zone
    start, end = (meant_by(values[key], zone, desk) for key in ("start", "end"))
    if isinstance(start, Unread) or isinstance(end, Unread):
        return UNREAD
    if end.instant <= start.instant:
        return complain_of_key(node, "end", "the window's end is not after its start", desk)
    return Frame(window=Interval(start=start.instant, end=end.instant), zone=zone)


def _window_parts(frame: Frame) -> Mapping[str, Any]:
    return {
        "start": meant_at(frame.window.start, frame.zone),
        "end": meant_at(frame.window.end, frame.zone),
        "zone": frame.zone,
    }


WINDOW: Final[Record[Frame]] = Record(
    what="window",
    makes=_window,
    parts=_window_parts,
    keys=(
        Key("start", Moments(), required=True),
        Key("end", Moments(), required=True),
        Key("zone", Zone()),
    ),
)

CHANGE_STATES: Final[Record[ChangeStates]] = Record(
    what="states",
    makes=plainly(ChangeStates),
    keys=tuple(Key(name, TEXT) for name in ("approved", "running", "finished", "rolled_back")),
)

CHANGE: Final[Record[ChangeReference]] = Record(
    what="change",
    makes=plainly(ChangeReference),
    keys=(
        Key("system", SYSTEM, required=True),
        Key("id", TEXT, required=True),
        Key("states", CHANGE_STATES),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DialIns:
    """Dial-in numbers by country; ``no`` is Norway."""

    def read(self, node: Node, desk: Desk) -> tuple[DialIn, ...] | Unread:
        """Give the numbers in the order of the file."""
        found = Texts().read(node, desk)
        if isinstance(found, Unread):
            return found
        return tuple(DialIn(country=country, number=number) for country, number in found.items())

    def write(self, value: tuple[DialIn, ...], frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give the numbers in their order."""
        return {it.country: word(it.number) for it in value}


BRIDGE: Final[Record[Bridge]] = Record(
    what="bridge",
    makes=plainly(Bridge),
    keys=(Key("dial_in", DialIns()), Key("link", TEXT), Key("backup", TEXT)),
)

VENDOR: Final[Record[VendorContact]] = Record(
    what="vendor",
    makes=plainly(VendorContact),
    keys=(
        Key("name", TEXT, required=True),
        Key("contract", TEXT),
        Key("case", TEXT),
        Key("phone", TEXT),
        Key("hours", TEXT),
        Key("response", Duration()),
    ),
)

ITEM: Final[Record[Item]] = Record(
    what="item",
    makes=plainly(Item),
    keys=(
        Key("service", SERVICE, required=True),
        Key("from", TEXT, into="from_version"),
        Key("to", TEXT, into="to_version"),
        Key("contract_change", OneOf(choices=ContractChange)),
    ),
)


def _limit(values: Values, node: MappingNode, desk: Desk) -> Limit | Unread:
    above: float | None = values.get("above")
    below: float | None = values.get("below")
    if above is None and below is None:
        return desk.complain(node, "a limit needs above, below or both")
    if above is not None and below is not None and below >= above:
        return complain_of_key(node, "below", "every value is beyond one of these limits", desk)
    return plainly(Limit)(values, node, desk)


LIMIT: Final[Record[Limit]] = Record(
    what="limit",
    makes=_limit,
    keys=(
        Key("above", Number()),
        Key("below", Number()),
        Key("for", Duration(), into="lasting"),
        Key("clear", Duration(), into="clearing"),
        Key("deadband", Number(least=0)),
    ),
)

INDICATOR: Final[Record[Indicator]] = Record(
    what="indicator",
    makes=plainly(Indicator, "title"),
    keys=(
        Key("id", Defined(kind="indicator", is_local=True), required=True),
        Key("title", TEXT),
        Key("system", SYSTEM, required=True),
        Key("query", TEXT, required=True),
        Key("unit", TEXT),
        Key("limit", LIMIT),
        Key("severity", OneOf(choices=Severity)),
        Key("time_to_live", Duration(may_be_zero=False)),
        Key("suppressed_during", ListOf(item=STEP_NAMED)),
    ),
)


def _indicators(values: Values, node: MappingNode, desk: Desk) -> tuple[Indicator, ...]:  # noqa: ARG001 - the port's face
    found: tuple[Indicator, ...] = values.get("indicators", ())
    return found


HEALTH: Final[Record[tuple[Indicator, ...]]] = Record(
    what="health",
    makes=_indicators,
    parts=lambda value: {"indicators": value},
    keys=(Key("indicators", ListOf(item=INDICATOR)),),
)

UNDO_EDIT: Final[Record[UndoEdit]] = Record(
    what="edit",
    makes=plainly(UndoEdit),
    keys=(
        Key("undo", BackwardStep(may_be_extra=False), required=True),
        Key("title", TEXT),
        Key("owner", PERSON),
        Key("after", ListOf(item=BackwardStep(may_be_extra=True))),
        Key("duration", Estimate()),
    ),
)

RESTORE_POINT: Final[Record[RestorePoint]] = Record(
    what="restore point",
    makes=plainly(RestorePoint),
    keys=(
        Key("id", Defined(kind="restore point", is_local=True), required=True),
        Key("before", STEP_NAMED, required=True),
        Key("what", TEXT, required=True),
        Key("where", TEXT, required=True),
        Key("take", JOB),
        Key("verify", JOB),
        Key("restore", Estimate()),
        Key("kept_until", InWindow(must_be_inside=False)),
    ),
)

CONTROL_TOTAL: Final[Record[ControlTotal]] = Record(
    what="control total",
    makes=plainly(ControlTotal, "title"),
    keys=(
        Key("id", Defined(kind="control total", is_local=True), required=True),
        Key("title", TEXT),
        Key("system", SYSTEM, required=True),
        Key("query", TEXT, required=True),
        Key("tolerance", Number(least=0)),
    ),
)


def _rollback(values: Values, node: MappingNode, desk: Desk) -> RollbackEdits | Unread:
    edited = [edit.undo for edit in values.get("edits", ())]
    for twice in sorted({step for step in edited if edited.count(step) > 1}):
        complain_of_key(node, "edits", f"{shorten(twice)} is edited twice", desk)
    return plainly(RollbackEdits)(values, node, desk)


ROLLBACK: Final[Record[RollbackEdits]] = Record(
    what="rollback",
    makes=_rollback,
    keys=(
        Key("edits", ListOf(item=UNDO_EDIT)),
        Key("extra", ListOf(item=EXTRA_STEP)),
        Key("restore_points", ListOf(item=RESTORE_POINT)),
        Key("control_totals", ListOf(item=CONTROL_TOTAL)),
    ),
)


def _rehearsal(values: Values, node: MappingNode, desk: Desk) -> RehearsalPlace | Unread:
    values.setdefault("parameters", {})
    return plainly(RehearsalPlace)(values, node, desk)


REHEARSAL: Final[Record[RehearsalPlace]] = Record(
    what="rehearsal",
    makes=_rehearsal,
    keys=(
        Key("environment", ENVIRONMENT, required=True),
        Key("with", Texts(), into="parameters"),
    ),
)


def _desk_of_release(node: MappingNode, desk: Desk) -> Desk:
    """Give the desk on which bare wall times mean the window of this release.

    The window is read here for its meaning only; what is wrong with it is said when it is read as
    a key.
    """
    window = node.find("window")
    frame = UNREAD if window is None else WINDOW.read(window, Desk())
    home = f"{node.at.file}:{node.at.line}"
    return desk.within(home, None if isinstance(frame, Unread) else frame)


def _release(values: Values, node: MappingNode, desk: Desk) -> Release | Unread:
    frame: Frame = values.pop("window")
    services = [item.service for item in values.get("items", ())]
    for twice in sorted({it for it in services if services.count(it) > 1}):
        complain_of_key(node, "items", f"the service {shorten(twice)} stands twice", desk)
    if values["id"] in values.get("waits_for", ()):
        complain_of_key(node, "waits_for", "a release cannot wait for itself", desk)
    values["window"], values["zone"] = frame.window, frame.zone
    return plainly(Release, "title")(values, node, desk)


def judge_graphs(node: Node, desk: Desk) -> None:
    """Keep the problems of a release that concern several of its steps at once."""
    runbook = node.find("runbook") if isinstance(node, MappingNode) else None
    if isinstance(runbook, MappingNode):
        refuse_cycles(runbook.find("steps"), desk)
    rollback = node.find("rollback") if isinstance(node, MappingNode) else None
    if isinstance(rollback, MappingNode):
        refuse_cycles(rollback.find("extra"), desk)


def _parts(release: Release) -> Mapping[str, Any]:
    return attributes_of(release) | {"window": _frame(release)}


def _frame(release: Release) -> Frame:
    return Frame(window=release.window, zone=release.zone)


RELEASE: Final[Record[Release]] = Record(
    what="release",
    makes=_release,
    parts=_parts,
    opens=_desk_of_release,
    frames=_frame,
    keys=(
        Key("id", Defined(kind="release"), required=True),
        Key("title", TEXT),
        Key("type", OneOf(choices=ReleaseType)),
        Key("environment", ENVIRONMENT, required=True),
        Key("window", WINDOW, required=True),
        Key("change", CHANGE),
        Key("approved_within", Duration(may_be_zero=False)),
        Key("commander", PERSON, required=True),
        Key("scribe", PERSON),
        Key("requester", PERSON, required=True),
        Key("authors", ListOf(item=PERSON)),
        Key("bridge", BRIDGE),
        Key("vendors", ListOf(item=VENDOR)),
        Key("train", Named(kinds=("train",))),
        Key("waits_for", ListOf(item=Named(kinds=("release",)))),
        Key("items", ListOf(item=ITEM)),
        Key("runbook", RUNBOOK),
        Key("health", HEALTH, into="indicators"),
        Key("rollback", ROLLBACK),
        Key("rehearsal", REHEARSAL),
        Key("messages", ListOf(item=MESSAGE)),
    ),
)
