"""Something that people should know before they act, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass

from relconsole_ui.design.status import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAtRow:
    """Something that was looked at before an act, and how it stands."""

    status: Status
    says: str
    note: str = ""

    @property
    def key(self) -> str:
        """Give what tells the row from the others."""
        return self.says

    @property
    def sentence(self) -> str:
        """Give the row as it is spoken."""
        return ", ".join(part for part in (self.status.value, self.says, self.note) if part)
