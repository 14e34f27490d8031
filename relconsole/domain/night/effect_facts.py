"""The life of an effect of a night, as facts; the moves that are legal are in ``record.effect``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from relconsole.domain.kernel.ids import EffectId, PersonId, RunId, StepId, SystemId
from relconsole.domain.record.effect import Outcome


class Purpose(StrEnum):
    """What an effect serves."""

    STEP = "step"
    UNDO = "undo"
    RELIEF = "relief"
    SILENCE = "silence"
    UNSILENCE = "unsilence"
    RESTORE_POINT = "restore_point"
    VERIFY_RESTORE_POINT = "verify_restore_point"
    ANCHOR = "anchor"
    CHANGE_STATE = "change_state"
    NOTE = "note"


WORK: Final = frozenset({Purpose.STEP, Purpose.UNDO, Purpose.RELIEF})
"""What does the work of an attempt at a step."""

OF_THE_CHANGE: Final = frozenset({Purpose.ANCHOR, Purpose.NOTE, Purpose.CHANGE_STATE})
"""What only tells the change record something: nobody on the bridge waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectIntended:
    """It is durable that this shall be done once; the fact's own id is the idempotency key.

    ``payload`` is a JSON object in its canonical text; ``second_person`` is who signed beside
    ``person``; ``serves`` is the effect, point or record that another purpose refers to.
    """

    KIND: ClassVar[str] = "effect_intended"

    run: RunId
    system: SystemId
    effect_kind: str
    purpose: Purpose
    fence: int
    step: StepId | None = None
    attempt: int = 1
    serves: str = ""
    payload: str = "{}"
    person: PersonId | None = None
    second_person: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectSent:
    """It leaves for the target now; committed before the call is made."""

    KIND: ClassVar[str] = "effect_sent"

    run: RunId
    effect: EffectId


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectAcknowledged:
    """The target took it, under its own id."""

    KIND: ClassVar[str] = "effect_acknowledged"

    run: RunId
    effect: EffectId
    remote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectConfirmed:
    """The target says how it ended."""

    KIND: ClassVar[str] = "effect_confirmed"

    run: RunId
    effect: EffectId
    outcome: Outcome
    detail: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectUnknown:
    """Nobody can tell yet what became of it; where only a person can settle it, a hold says so."""

    KIND: ClassVar[str] = "effect_unknown"

    run: RunId
    effect: EffectId
    why: str
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRefused:
    """The target said no and did nothing, or it was never sent and never will be."""

    KIND: ClassVar[str] = "effect_refused"

    run: RunId
    effect: EffectId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectSettledByHand:
    """A person looked at the target and said how it ended; None means that it never happened."""

    KIND: ClassVar[str] = "effect_settled_by_hand"

    run: RunId
    effect: EffectId
    outcome: Outcome | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRenewed:
    """A person said that what waited for too long to leave by itself is still to be done."""

    KIND: ClassVar[str] = "effect_renewed"

    run: RunId
    effect: EffectId
    note: str
