"""What the screens are made from at one instant: the record's state, and what was observed.

A presenter takes a ``Seen`` and gives rows. Nothing here is asked for or computed from a clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from immutables import Map

from relconsole.domain.console.state import ConsoleState
from relconsole.domain.health.indicator import Watch
from relconsole.domain.health.series import Series
from relconsole.domain.kernel.ids import PersonId, ReleaseId, RunId, SystemId
from relconsole.domain.night.state import RunState
from relconsole.domain.plan.forecast import Forecast
from relconsole.domain.record.file_form import JournalKind
from relconsole.domain.release.release import Release


class SourceStanding(StrEnum):
    """Whether a connected system answers."""

    LIVE = "live"
    STALE = "stale"
    AWAY = "away"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A connected system; ``since`` is when it came to stand so, ``why`` the last failure."""

    system: SystemId
    standing: SourceStanding
    since: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The console at ``now``, in UTC.

    ``run`` is the one on the bridge, None before it was opened; ``person`` whose key is open;
    ``zone`` the IANA name in which times are shown. ``forecast`` is None until the first was made.
    ``watches`` and ``series`` are by indicator.
    """

    state: ConsoleState
    release_id: ReleaseId
    run_id: RunId | None
    kind: JournalKind
    now: datetime
    zone: str
    person: PersonId | None = None
    forecast: Forecast | None = None
    watches: Mapping[str, Watch] = field(default_factory=Map[str, Watch])
    sources: tuple[Source, ...] = ()
    series: Mapping[str, Series] = field(default_factory=Map[str, Series])

    @property
    def release(self) -> Release:
        """Give the release on the bridge."""
        return self.state.workspace.releases[self.release_id]

    @property
    def run(self) -> RunState | None:
        """Give the run on the bridge, None before it was opened."""
        return None if self.run_id is None else self.state.runs[self.run_id]

    @property
    def is_rehearsal(self) -> bool:
        """Tell whether nothing of this counts for production."""
        return self.kind is JournalKind.REHEARSAL or (self.run is not None and self.run.rehearsal)

    def name(self, person: str | None) -> str:
        """Give a person's name as the estate writes it, the id where it does not know them."""
        if person is None:
            return "nobody"
        found = self.state.workspace.estate.people.get(PersonId(person))
        return person if found is None else found.name
