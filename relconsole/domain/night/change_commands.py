"""What may be asked about the change record beside a night."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from relconsole.domain.kernel.ids import RunId
from relconsole.domain.night.change_facts import ClosureCode
from relconsole.domain.night.step_commands import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class TellChange:
    """The console tells the record what it is owed by now: its notes, and the night's state."""

    run: RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeChange:
    """The console read the record: its state, or None and why it could not be read."""

    run: RunId
    state: str | None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleChange:
    """A person keeps the state that the record shows, or has the night's own put there.

    ``state`` is the one that they saw: another one by now is another decision.
    """

    KIND: ClassVar[str] = "settle_change"

    run: RunId
    state: str
    keep: bool
    said: Said = field(default_factory=Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmClosure:
    """A person confirms the closure code of the change; ``proposed`` is what the report says."""

    KIND: ClassVar[str] = "confirm_closure"

    run: RunId
    code: ClosureCode
    proposed: ClosureCode
    said: Said = field(default_factory=Said)


ChangeCommand: TypeAlias = TellChange | SeeChange | SettleChange | ConfirmClosure
