"""What may be asked of the muster of a release, before its run is opened too."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from relconsole.domain.kernel.ids import PersonId, ReleaseId
from relconsole.domain.night.step_commands import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPerson:
    """Say that a person was called; ``way`` empty means the first way to reach them."""

    KIND: ClassVar[str] = "call_person"

    release: ReleaseId
    person: PersonId
    way: str = ""
    said: Said = field(default_factory=Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerMuster:
    """Say that a person is here, or is gone."""

    KIND: ClassVar[str] = "answer_muster"

    release: ReleaseId
    person: PersonId
    here: bool
    said: Said = field(default_factory=Said)


MusterCommand: TypeAlias = CallPerson | AnswerMuster
