"""Effects: what a plugin does to its target on the console's behalf, once.

A plugin of any kind that changes its target offers the four verbs of ``Effects``. The id of the
effect travels as the idempotency key and is written into the target's own record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from immutables import Map

from relconsole.domain.kernel.ids import EffectId, PersonId, ReleaseId, StepId
from relconsole.domain.kernel.json import Json
from relconsole.domain.record.effect import RecognisesRepeat


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """How the target recognises a repeat, with the source of that knowledge.

    ``settle`` is how long after sending a negative answer of ``find`` counts for nothing.
    """

    how: RecognisesRepeat
    settle: timedelta
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRequest:
    """One effect to perform; ``kind`` such as ``job.start``, ``payload`` as that kind states it."""

    id: EffectId
    kind: str
    payload: Mapping[str, Json] = field(default_factory=Map[str, Json])
    release: ReleaseId | None = None
    step: StepId | None = None
    person: PersonId | None = None
    second_person: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """The target took the effect; ``remote`` is the id under which the target knows it."""

    remote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRefused:
    """The target said no, and did nothing; ``reason`` in its own words, shortened."""

    reason: str


class Ending(StrEnum):
    """Where an acknowledged effect stands at the target."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """The target knows of it, but not how it ended; a person decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteState:
    """What the target says of an effect now; ``detail`` is one line, ``output`` the last lines."""

    ending: Ending
    detail: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The target knows the effect under this remote id."""

    remote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """The target was asked, answered, and does not know the effect."""


class Effects(Protocol):
    """The verbs of a plugin that changes its target."""

    async def recognition(self, kind: str) -> Recognition:
        """Give how the target recognises a repeat of this kind of effect."""
        ...

    async def perform(self, request: EffectRequest) -> Acknowledged | TargetRefused:
        """Do it once, with the effect's id in the target's own record."""
        ...

    async def find(self, kind: str, effect: EffectId) -> Found | NotFound:
        """Tell whether the target knows the effect."""
        ...

    async def follow(self, kind: str, remote: str) -> RemoteState:
        """Give where an acknowledged effect stands."""
        ...

    async def cancel(self, kind: str, remote: str, reason: str) -> bool:
        """Ask the target to stop it; False where it cannot, or it had ended."""
        ...
