"""Every fact that a journal may hold: one list, from which the codec is made.

The facts of what a workspace says are here, a fact a file; those of nights and keys with their
concepts.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, TypeAlias

from relconsole.domain.calendar.entries import Calendar
from relconsole.domain.estate.catalogue import Dependency, Environment, Service, Team
from relconsole.domain.estate.people import Person
from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.ids import Digest, Fingerprint, PersonId, ReleaseId, SystemId
from relconsole.domain.night import (
    alert_facts,
    bridge_facts,
    change_facts,
    effect_facts,
    facts,
    message_facts,
    muster_facts,
    rollback_facts,
)
from relconsole.domain.night.evolve import NightFact
from relconsole.domain.night.facts import RunOpened
from relconsole.domain.night.muster_facts import MusterFact
from relconsole.domain.night.rollback_facts import RehearsalCounted
from relconsole.domain.readiness.keys import KeyEnrolled, KeyFact, KeyRegistered, KeyRevoked
from relconsole.domain.record.codec import Codec
from relconsole.domain.release.release import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateImported:
    """What a workspace says of its estate; ``digest`` is that of the value."""

    KIND: ClassVar[str] = "estate_imported"

    teams: tuple[Team, ...]
    people: tuple[Person, ...]
    environments: tuple[Environment, ...]
    services: tuple[Service, ...]
    dependencies: tuple[Dependency, ...]
    digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarImported:
    """What a workspace says of its calendar."""

    KIND: ClassVar[str] = "calendar_imported"

    calendar: Calendar
    digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyImported:
    """What a workspace says of its policy."""

    KIND: ClassVar[str] = "policy_imported"

    policy: Policy
    digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedSystem:
    """A connected system; ``settings`` is a JSON object in its canonical text, never a secret."""

    id: SystemId
    plugin: str
    url: str
    settings: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionsImported:
    """What a workspace says of its connected systems."""

    KIND: ClassVar[str] = "connections_imported"

    systems: tuple[ConnectedSystem, ...]
    digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseImported:
    """What a workspace says of one release."""

    KIND: ClassVar[str] = "release_imported"

    release: Release
    digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRemoved:
    """A workspace no longer has a release; one that has run is never removed."""

    KIND: ClassVar[str] = "release_removed"

    release: ReleaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveKey:
    """The key that counts for a person."""

    person: PersonId
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysTakenOver:
    """The keys that count in the live journal, taken over into one that is not live."""

    KIND: ClassVar[str] = "keys_taken_over"

    effective: tuple[EffectiveKey, ...]


WorkspaceFact: TypeAlias = (
    EstateImported
    | CalendarImported
    | PolicyImported
    | ConnectionsImported
    | ReleaseImported
    | ReleaseRemoved
)
ConsoleFact: TypeAlias = (
    WorkspaceFact | KeyFact | KeysTakenOver | RunOpened | NightFact | MusterFact | RehearsalCounted
)


def _facts_of(module: object) -> tuple[type[ConsoleFact], ...]:
    """Give the facts that a module defines, by their names."""
    return tuple(
        found
        for _, found in sorted(vars(module).items())
        if isinstance(found, type) and isinstance(vars(found).get("KIND"), str)
    )


FACTS: Final[Mapping[str, type[ConsoleFact]]] = {
    found.KIND: found
    for found in (
        EstateImported,
        CalendarImported,
        PolicyImported,
        ConnectionsImported,
        ReleaseImported,
        ReleaseRemoved,
        KeyRegistered,
        KeyEnrolled,
        KeyRevoked,
        KeysTakenOver,
        *_facts_of(facts),
        *_facts_of(alert_facts),
        *_facts_of(bridge_facts),
        *_facts_of(change_facts),
        *_facts_of(effect_facts),
        *_facts_of(message_facts),
        *_facts_of(muster_facts),
        *_facts_of(rollback_facts),
    )
}


@functools.cache
def make_codec() -> Codec[ConsoleFact]:
    """Give the codec of every fact, one for all: it checks each type when it is made."""
    return Codec(FACTS)
