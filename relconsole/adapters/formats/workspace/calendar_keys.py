"""The keys of ``calendar.yaml``, and how start, end, zone and rule become one span."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from relconsole.adapters.formats.workspace.desk import Desk, Unread
from relconsole.adapters.formats.workspace.estate_keys import (
    ENVIRONMENT,
    PERSON,
    SCOPE,
    TEAM,
    TEXT,
    Sections,
    sections,
)
from relconsole.adapters.formats.workspace.kinds import Defined, Duration, ListOf, Named, Text
from relconsole.adapters.formats.workspace.nodes import MappingNode, Place
from relconsole.adapters.formats.workspace.records import (
    Key,
    Record,
    Values,
    attributes_of,
    plainly,
)
from relconsole.adapters.formats.workspace.times import (
    LeftOut,
    Moment,
    Moments,
    Zone,
    meant_by,
    zone_beside,
)
from relconsole.domain.calendar.entries import (
    Freeze,
    FreezeException,
    MaintenanceWindow,
    Recurring,
    Reservation,
    Train,
)
from relconsole.domain.calendar.rule import BadRule, parse_rule

Entry = TypeVar("Entry")

_WHEN: Final = ("start", "end", "zone", "rrule", "exdates")
_SPAN: Final = (
    Key("start", Moments(), required=True),
    Key("end", Moments(), required=True),
    Key("zone", Zone()),
    Key("rrule", TEXT),
    Key("exdates", ListOf(item=LeftOut())),
)


def _span(values: Values, node: MappingNode, desk: Desk) -> Recurring | Unread:
    """Give the span that the keys of one entry describe."""
    zone = zone_beside(values, ("start", "end"), node, desk)
    if isinstance(zone, Unread):
        return zone
    start = meant_by(values["start"], zone, desk)
    end = meant_by(values["end"], zone, desk)
    rule: str = values.get("rrule", "")
    rule_holds = _rule_holds(rule, zone, _place_of(node, "rrule"), desk)
    if isinstance(start, Unread):
        return start
    if isinstance(end, Unread):
        return end
    if end.instant <= start.instant:
        return desk.complain(_place_of(node, "end"), "the end is not after the start")
    left_out = tuple(_left_out(it, start.wall, zone, desk) for it in values.get("exdates", ()))
    walls = tuple(it for it in left_out if not isinstance(it, Unread))
    if not rule_holds or len(walls) < len(left_out):
        return Unread.UNREAD
    return Recurring(start=start, end=end, rrule=rule, exdates=walls)


def _place_of(node: MappingNode, key: str) -> Place:
    found = node.find(key)
    return node.at if found is None else found.at


def _rule_holds(rule: str, zone: str, at: Place, desk: Desk) -> bool:
    """Tell whether a recurrence rule can be followed; a problem where it cannot."""
    if rule:
        try:
            parse_rule(rule, zone)
        except BadRule as bad:
            desk.complain(at, str(bad))
            return False
        except OverflowError:
            desk.complain(at, "UNTIL lies beyond every calendar")
            return False
    return True


def _left_out(written: Any, first: datetime, zone: str, desk: Desk) -> datetime | Unread:
    """Give the wall time that a recurrence leaves out; a date means the start on that date."""
    if not isinstance(written, Moment):
        return datetime.combine(written, first.time())
    if written.is_instant:
        meant = meant_by(written, zone, desk)
        return meant if isinstance(meant, Unread) else meant.wall
    return written.wall


@dataclass(frozen=True, slots=True)
class Spanning:
    """Makes an entry whose ``when`` stands in several keys."""

    entry: Callable[..., Any]

    def __call__(self, values: Values, node: MappingNode, desk: Desk, /) -> Any:
        """Give the entry, or the problem with its span."""
        when = _span(values, node, desk)
        if isinstance(when, Unread):
            return when
        others = {name: value for name, value in values.items() if name not in _WHEN}
        return self.entry(when=when, **others)


def _spread(value: Any) -> Mapping[str, Any]:
    """Give the fields of an entry with its span in the keys of the file."""
    when: Recurring = value.when
    return attributes_of(value) | {
        "start": when.start,
        "end": when.end,
        "zone": when.start.zone,
        "rrule": when.rrule or None,
        "exdates": when.exdates or None,
    }


FREEZE: Final[Record[Freeze]] = Record(
    what="freeze",
    makes=Spanning(Freeze),
    parts=_spread,
    keys=(
        Key("id", Defined(kind="freeze"), required=True),
        Key("reason", TEXT),
        Key("owner", TEXT),
        Key("scope", SCOPE),
        *_SPAN,
    ),
)

MAINTENANCE_WINDOW: Final[Record[MaintenanceWindow]] = Record(
    what="maintenance window",
    makes=Spanning(MaintenanceWindow),
    parts=_spread,
    keys=(
        Key("id", Defined(kind="maintenance window"), required=True),
        Key("owner", TEXT),
        Key("scope", SCOPE),
        *_SPAN,
    ),
)

RESERVATION: Final[Record[Reservation]] = Record(
    what="reservation",
    makes=Spanning(Reservation),
    parts=_spread,
    keys=(
        Key("id", Defined(kind="reservation"), required=True),
        Key("environment", ENVIRONMENT, required=True),
        Key("team", TEAM),
        *_SPAN,
        Key("purpose", Text(may_be_empty=True)),
    ),
)


def _train(values: Values, node: MappingNode, desk: Desk) -> Train | Unread:
    zone = zone_beside(values, ("start",), node, desk)
    if isinstance(zone, Unread):
        return zone
    start = meant_by(values["start"], zone, desk)
    holds = _rule_holds(values["cadence"], zone, _place_of(node, "cadence"), desk)
    if isinstance(start, Unread) or not holds:
        return Unread.UNREAD
    others = {name: value for name, value in values.items() if name != "zone"}
    return plainly(Train)(others | {"start": start}, node, desk)


TRAIN: Final[Record[Train]] = Record(
    what="train",
    makes=_train,
    parts=lambda value: attributes_of(value) | {"zone": value.start.zone},
    keys=(
        Key("id", Defined(kind="train"), required=True),
        Key("cadence", TEXT, required=True),
        Key("start", Moments(), required=True),
        Key("duration", Duration(may_be_zero=False), required=True),
        Key("zone", Zone()),
        Key("scope_freeze_before", Duration()),
    ),
)


def _exception(values: Values, node: MappingNode, desk: Desk) -> FreezeException | Unread:
    zone = zone_beside(values, ("expires",), node, desk)
    if isinstance(zone, Unread):
        return zone
    expires = meant_by(values["expires"], zone, desk)
    if isinstance(expires, Unread):
        return expires
    others = {name: value for name, value in values.items() if name != "zone"}
    return plainly(FreezeException)(others | {"expires": expires}, node, desk)


EXCEPTION: Final[Record[FreezeException]] = Record(
    what="freeze exception",
    makes=_exception,
    parts=lambda value: attributes_of(value) | {"zone": value.expires.zone},
    keys=(
        Key("id", Defined(kind="freeze exception"), required=True),
        Key("freeze", Named(kinds=("freeze",)), required=True),
        Key("release", Named(kinds=("release",)), required=True),
        Key("approver", PERSON, required=True),
        Key("reason", TEXT, required=True),
        Key("expires", Moments(), required=True),
        Key("zone", Zone()),
        Key("criteria", Text(may_be_empty=True)),
    ),
)

_EMPTY_WINDOWS: Final = (
    "an empty list of maintenance windows is neither always nor never: "
    "leave the key out, or write the windows"
)

CALENDAR: Final[Record[Sections]] = Record(
    what="file",
    makes=sections,
    parts=lambda value: value,
    keys=(
        Key("freezes", ListOf(item=FREEZE)),
        Key(
            "maintenance_windows",
            ListOf(item=MAINTENANCE_WINDOW, at_least_one=_EMPTY_WINDOWS),
        ),
        Key("reservations", ListOf(item=RESERVATION)),
        Key("trains", ListOf(item=TRAIN)),
        Key("exceptions", ListOf(item=EXCEPTION)),
    ),
)
