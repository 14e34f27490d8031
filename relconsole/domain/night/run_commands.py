"""What may be asked of a run as a whole, and of its effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from immutables import Map

from relconsole.domain.kernel.ids import Digest, EffectId, ReleaseId, RunId, StepId, SystemId
from relconsole.domain.kernel.json import Json
from relconsole.domain.night.effect_facts import Purpose
from relconsole.domain.night.evolve_effects import EffectMove
from relconsole.domain.night.facts import RunOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """Open a run of the release's plan as it stands."""

    run: RunId
    release: ReleaseId
    rehearsal: bool
    holder: str
    plan: Digest
    step_digests: Mapping[StepId, Digest]
    calls: Mapping[StepId, Digest | None]
    approval: str
    approval_gaps: tuple[str, ...]
    policy: Digest
    console: str
    plugins: Mapping[str, str] = field(default_factory=Map[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeUp:
    """Take up a run under a fresh fencing token; ``console`` is the program's version."""

    run: RunId
    holder: str
    fence: int
    console: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveRun:
    """Give the run up without ending it."""

    run: RunId
    outcome: RunOutcome
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRun:
    """End the run."""

    run: RunId
    outcome: RunOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class IntendEffect:
    """Intend an effect that serves the night itself: an anchor, a silence, a restore point."""

    run: RunId
    system: SystemId
    effect_kind: str
    purpose: Purpose
    payload: Mapping[str, Json]
    step: StepId | None = None
    serves: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveEffect:
    """Move an effect; a move by hand needs a person and a note."""

    run: RunId
    move: EffectMove


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewEffect:
    """Say that what waited for too long to leave by itself is still to be done, and why."""

    run: RunId
    effect: EffectId
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepAnchor:
    """A signed head was taken outside."""

    run: RunId
    size: int
    root: Digest
    place: str


RunCommand: TypeAlias = (
    OpenRun | TakeUp | LeaveRun | EndRun | IntendEffect | MoveEffect | RenewEffect | KeepAnchor
)
