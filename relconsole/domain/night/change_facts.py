"""The change record beside the night, as facts: what was read there, and what people decided."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from relconsole.domain.kernel.ids import RunId, SystemId
from relconsole.domain.release.release import ChangePhase


class ClosureCode(StrEnum):
    """With which word a change record is closed."""

    SUCCESSFUL = "successful"
    WITH_ISSUES = "successful with issues"
    PARTLY = "partly implemented"
    ROLLED_BACK = "rolled back"
    NOT_IMPLEMENTED = "not implemented"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSeen:
    """The change record was read; ``state`` None says that it could not be, and ``why``.

    ``in_step`` tells that the state is the one that goes with the night as it stood.
    """

    KIND: ClassVar[str] = "change_seen"

    run: RunId
    system: SystemId
    change: str
    state: str | None
    in_step: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSettled:
    """A person decided about a difference: the state there is kept, or the night's is put there.

    ``state`` is what the record showed when they decided, ``phase`` how the night stood.
    """

    KIND: ClassVar[str] = "change_settled"

    run: RunId
    change: str
    state: str
    kept: bool
    phase: ChangePhase
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureConfirmed:
    """A person confirmed the closure code of the change, beside the one that was proposed."""

    KIND: ClassVar[str] = "closure_confirmed"

    run: RunId
    change: str
    code: ClosureCode
    proposed: ClosureCode
    note: str = ""
