"""A fact as the record holds it: with its id, its place, its time and its person."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from relconsole.domain.kernel.ids import FactId, Fingerprint, PersonId

Fact_co = TypeVar("Fact_co", covariant=True)


class Recorded(msgspec.Struct, Generic[Fact_co], frozen=True, kw_only=True):
    """A sealed fact; ``by`` is None where the console speaks, ``key`` where nobody signed.

    A struct, as a start of the program makes one of each fact: a tenth of a dataclass's time.
    """

    id: FactId
    seq: int
    at: datetime
    by: PersonId | None
    key: Fingerprint | None
    fact: Fact_co
