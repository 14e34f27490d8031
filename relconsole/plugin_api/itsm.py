"""The ITSM kind: change records, their approval and their work notes.

Effect kinds: ``change.comment`` with payload ``{"change": id, "text": text}``;
``change.transition`` with payload ``{"change": id, "from": text, "state": text}``; a record that is
not in the state ``from`` is left as it is, and the effect is refused with the state that it has.
Without ``from`` any state will do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from relconsole.plugin_api.effects import Effects

CHANGE_COMMENT = "change.comment"
CHANGE_TRANSITION = "change.transition"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRecord:
    """A change record as the target has it; times in UTC, None where the record does not say.

    ``approved_digest`` is the digest of the content that was approved, where the record keeps one.
    """

    id: str
    title: str
    state: str
    requester: str
    approver: str | None = None
    approved_at: datetime | None = None
    approved_digest: str | None = None
    url: str = ""


class ITSM(Effects, Protocol):
    """An ITSM system."""

    async def read_change(self, change: str) -> ChangeRecord | None:
        """Give the record, None where the target has none of this id."""
        ...
