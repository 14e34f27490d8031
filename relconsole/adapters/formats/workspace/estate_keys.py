"""The keys of ``estate.yaml``, ``policy.yaml`` and ``connections.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final
from urllib.parse import urlsplit

from relconsole.adapters.formats.workspace.desk import Desk, Frame, Unread
from relconsole.adapters.formats.workspace.kinds import (
    Defined,
    Duration,
    ListOf,
    Named,
    Settings,
    Text,
    Texts,
    Truth,
    Whole,
    read_text,
)
from relconsole.adapters.formats.workspace.nodes import MappingNode, Node, shorten
from relconsole.adapters.formats.workspace.records import Key, Record, Values, plainly
from relconsole.adapters.formats.workspace.times import Zone
from relconsole.adapters.formats.workspace.written import Written, word
from relconsole.domain.estate.catalogue import (
    Dependency,
    Environment,
    Service,
    Team,
    VersionSource,
)
from relconsole.domain.estate.connections import System
from relconsole.domain.estate.people import DutyHours, Person, Reach
from relconsole.domain.estate.policy import Authority, Policy, ReliefRule
from relconsole.domain.estate.scope import Scope

TEXT: Final = Text()
TEXTS: Final = ListOf(item=TEXT)
TEAM: Final = Named(kinds=("team",))
PERSON: Final = Named(kinds=("person",))
ENVIRONMENT: Final = Named(kinds=("environment",))
SERVICE: Final = Named(kinds=("service",))
SYSTEM: Final = Named(kinds=("system",))
_HOURS: Final = re.compile(r"([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Ways to reach a person, in the order in which to try: ``[{phone: ...}, {chat: ...}]``."""

    def read(self, node: Node, desk: Desk) -> tuple[Reach, ...] | Unread:
        """Give the ways; each is one word with its number or name."""
        found = ListOf(item=Texts()).read(node, desk)
        if isinstance(found, Unread):
            return found
        return tuple(Reach(way=way, value=value) for it in found for way, value in it.items())

    def write(self, value: tuple[Reach, ...], frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give a mapping for each way, so that the order stands."""
        return [{reach.way: word(reach.value)} for reach in value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Hours of the day such as ``20:00-06:00``."""

    def read(self, node: Node, desk: Desk) -> DutyHours | Unread:
        """Give the hours in the person's own zone."""
        text = read_text(node, desk)
        if not isinstance(text, str):
            return text
        found = _HOURS.fullmatch(text)
        try:
            ends = [time.fromisoformat(it) for it in found.groups()] if found else []
        except ValueError:
            ends = []
        if not ends:
            return desk.complain(node, f"{shorten(text)!r} are no hours such as 20:00-06:00")
        return DutyHours(start=ends[0], end=ends[1])

    def write(self, value: DutyHours, frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give both ends to the minute."""
        return word(f"{value.start.isoformat('minutes')}-{value.end.isoformat('minutes')}")


SCOPE: Final[Record[Scope]] = Record(
    what="scope",
    makes=plainly(Scope),
    keys=(
        Key("services", ListOf(item=SERVICE)),
        Key("environments", ListOf(item=ENVIRONMENT)),
        Key("regions", TEXTS),
        Key("teams", ListOf(item=TEAM)),
    ),
)

TEAM_KEYS: Final[Record[Team]] = Record(
    what="team",
    makes=plainly(Team, "name"),
    keys=(
        Key("id", Defined(kind="team"), required=True),
        Key("name", TEXT),
        Key("business_unit", TEXT),
    ),
)

PERSON_KEYS: Final[Record[Person]] = Record(
    what="person",
    makes=plainly(Person, "name"),
    keys=(
        Key("id", Defined(kind="person"), required=True),
        Key("name", TEXT),
        Key("team", TEAM),
        Key("roles", TEXTS),
        Key("zone", Zone()),
        Key("aliases", TEXTS),
        Key("reach", Ways()),
        Key("on_duty", Hours()),
    ),
)

ENVIRONMENT_KEYS: Final[Record[Environment]] = Record(
    what="environment",
    makes=plainly(Environment, "name"),
    keys=(
        Key("id", Defined(kind="environment"), required=True),
        Key("name", TEXT),
        Key("order", Whole()),
        Key("owner", TEAM),
        Key("concurrency", Whole(least=1)),
        Key("region", TEXT),
    ),
)

VERSION_SOURCE: Final[Record[VersionSource]] = Record(
    what="version source",
    makes=plainly(VersionSource),
    keys=(
        Key("system", SYSTEM, required=True),
        Key("query", TEXT, required=True),
        Key("label", TEXT),
    ),
)

SERVICE_KEYS: Final[Record[Service]] = Record(
    what="service",
    makes=plainly(Service, "name"),
    keys=(
        Key("id", Defined(kind="service"), required=True),
        Key("name", TEXT),
        Key("team", TEAM, required=True),
        Key("tier", Whole()),
        Key("kind", TEXT),
        Key("environments", ListOf(item=ENVIRONMENT)),
        Key("channels", TEXTS),
        Key("version", TEXT),
        Key("observed_by", VERSION_SOURCE),
    ),
)

DEPENDENCY: Final[Record[Dependency]] = Record(
    what="dependency",
    makes=plainly(Dependency),
    keys=(
        Key("from", SERVICE, required=True, into="source"),
        Key("to", SERVICE, required=True, into="target"),
        Key("kind", TEXT),
        Key("requires", TEXT),
    ),
)

AUTHORITY: Final[Record[Authority]] = Record(
    what="authority",
    makes=plainly(Authority),
    keys=(
        Key("act", TEXT, required=True),
        Key("role", TEXT, required=True),
        Key("scope", SCOPE),
    ),
)


def _default_freshness(values: Values, node: MappingNode, desk: Desk) -> timedelta:  # noqa: ARG001 - the port's face
    found: timedelta = values.get("default", Policy().freshness)
    return found


FRESHNESS: Final[Record[timedelta]] = Record(
    what="freshness",
    makes=_default_freshness,
    parts=lambda value: {"default": value},
    keys=(Key("default", Duration(may_be_zero=False)),),
)

RELIEF_RULE: Final[Record[ReliefRule]] = Record(
    what="relief rule",
    makes=plainly(ReliefRule),
    keys=(
        Key("roles", TEXTS),
        Key("people", ListOf(item=PERSON)),
        Key("reason", Truth()),
    ),
)

POLICY: Final[Record[Policy]] = Record(
    what="policy",
    makes=plainly(Policy),
    keys=(
        Key("authorities", ListOf(item=AUTHORITY)),
        Key("freshness", FRESHNESS),
        Key("rehearsal_age", Duration()),
        Key("amendment_limit", Duration()),
        Key("request_life", Duration(may_be_zero=False)),
        Key("clock_jump", Duration(may_be_zero=False)),
        Key("checkpoint_every", Duration(may_be_zero=False)),
        Key("muster_answer", Duration(may_be_zero=False)),
        Key("relief", RELIEF_RULE),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The base address of a system; a password in it is refused and never repeated."""

    def read(self, node: Node, desk: Desk) -> str | Unread:
        """Give the address."""
        text = TEXT.read(node, desk)
        if not isinstance(text, str):
            return text
        try:
            parts = urlsplit(text)
            has_secret = parts.password is not None
        except ValueError:
            return desk.complain(node, "no address such as https://itsm.example.org")
        if has_secret:
            return desk.complain(node, "an address holds no password: secrets are in the keyring")
        return text

    def write(self, value: str, frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give the address."""
        return word(value)


def _system(values: Values, node: MappingNode, desk: Desk) -> System | Unread:
    values.setdefault("settings", {})
    return plainly(System)(values, node, desk)


SYSTEM_KEYS: Final[Record[System]] = Record(
    what="system",
    makes=_system,
    keys=(
        Key("id", Defined(kind="system"), required=True),
        Key("plugin", TEXT, required=True),
        Key("url", Address()),
        Key("settings", Settings()),
    ),
)

Sections = Mapping[str, tuple[object, ...]]
"""The lists of one file, by the key that opens each."""


def sections(values: Values, node: MappingNode, desk: Desk) -> Sections:  # noqa: ARG001 - the port's face
    """Give the lists of a file as they were read."""
    return values


ESTATE: Final[Record[Sections]] = Record(
    what="file",
    makes=sections,
    parts=lambda value: value,
    keys=(
        Key("teams", ListOf(item=TEAM_KEYS)),
        Key("people", ListOf(item=PERSON_KEYS)),
        Key("environments", ListOf(item=ENVIRONMENT_KEYS)),
        Key("services", ListOf(item=SERVICE_KEYS)),
        Key("dependencies", ListOf(item=DEPENDENCY)),
    ),
)

CONNECTIONS: Final[Record[Sections]] = Record(
    what="file",
    makes=sections,
    parts=lambda value: value,
    keys=(Key("systems", ListOf(item=SYSTEM_KEYS)),),
)
