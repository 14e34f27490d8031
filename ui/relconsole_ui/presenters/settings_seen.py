"""What the settings are made from at one instant: the record, whose key is open, the systems."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.record.file_form import JournalKind
from relconsole_ui.presenters.seen import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsSeen:
    """The console at ``now``, in UTC, with or without a release.

    ``person`` is whose key is open; ``zone`` the IANA name in which times are shown.
    """

    state: ConsoleState
    kind: JournalKind
    now: datetime
    zone: str
    person: PersonId | None = None
    sources: tuple[Source, ...] = ()

    @property
    def is_live_night(self) -> bool:
        """Tell whether a night that counts is open: nothing may change by itself under it."""
        if self.kind is not JournalKind.LIVE:
            return False
        return any(not run.rehearsal for run in self.state.open_runs().values())

    def name(self, person: str | None) -> str:
        """Give a person's name as the estate writes it, the id where it does not know them."""
        if person is None:
            return "nobody"
        found = self.state.workspace.estate.people.get(PersonId(person))
        return person if found is None else found.name
