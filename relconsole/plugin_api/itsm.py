"""The ITSM kind: change records, their approval, their links and their work notes.

Effect kinds: ``change.comment`` with payload ``{"change": id, "text": text}``;
``change.transition`` with payload ``{"change": id, "from": text, "state": text}``; a record that is
not in the state ``from`` is left as it is, and the effect is refused with the state that it has.
Without ``from`` any state will do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from relconsole.domain.record import effect_kinds
from relconsole.plugin_api.effects import Effects

CHANGE_COMMENT = effect_kinds.CHANGE_COMMENT
CHANGE_TRANSITION = effect_kinds.CHANGE_TRANSITION


class LinkKind(StrEnum):
    """What a link says of the change: that it depends on the other end, or has it as its parent."""

    DEPENDS_ON = "depends_on"
    DEPENDED_ON_BY = "depended_on_by"
    REFERS_TO = "refers_to"
    REFERRED_TO_BY = "referred_to_by"
    PARENT = "parent"
    CHILD = "child"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLink:
    """A link that stands in a change record.

    ``id`` names the other end as the target does, or is its address, and is empty where the target
    does not name it; ``title``, ``state`` and ``url`` are empty where it does not tell them.
    """

    kind: LinkKind
    id: str
    title: str = ""
    state: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRecord:
    """A change record as the target has it; times in UTC, None where the record does not say.

    ``approved_digest`` is the digest of the content that was approved, where the record keeps one.
    Approvals are no ``links``.
    """

    id: str
    title: str
    state: str
    requester: str
    approver: str | None = None
    approved_at: datetime | None = None
    approved_digest: str | None = None
    url: str = ""
    links: tuple[ChangeLink, ...] = ()


class ITSM(Effects, Protocol):
    """An ITSM system."""

    async def read_change(self, change: str) -> ChangeRecord | None:
        """Give the record, None where the target has none of this id."""
        ...
