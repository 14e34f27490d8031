"""The muster, as facts: who was called, and who is there.

They belong to a release and not to a run: a muster is answered before the run is opened. ``run`` is
the one that was open then, None where none was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from relconsole.domain.kernel.ids import PersonId, ReleaseId, RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCalled:
    """Somebody tried to reach a person; ``way`` is such as phone, empty where nobody said."""

    KIND: ClassVar[str] = "person_called"

    release: ReleaseId
    run: RunId | None
    person: PersonId
    way: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonHere:
    """A person is on the bridge, by their own word or as ``heard`` by who keeps the record."""

    KIND: ClassVar[str] = "person_here"

    release: ReleaseId
    run: RunId | None
    person: PersonId
    heard: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonGone:
    """A person has left the bridge, or cannot come."""

    KIND: ClassVar[str] = "person_gone"

    release: ReleaseId
    run: RunId | None
    person: PersonId
    heard: str = ""
    note: str = ""


MusterFact: TypeAlias = PersonCalled | PersonHere | PersonGone
