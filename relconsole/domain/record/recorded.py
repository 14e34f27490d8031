"""A fact as the record holds it: with its id, its place, its time and its person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from relconsole.domain.kernel.ids import FactId, Fingerprint, PersonId

Fact_co = TypeVar("Fact_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Generic[Fact_co]):
    """A sealed fact; ``by`` is None where the console speaks, ``key`` where nobody signed."""

    id: FactId
    seq: int
    at: datetime
    by: PersonId | None
    key: Fingerprint | None
    fact: Fact_co
