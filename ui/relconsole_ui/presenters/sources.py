"""The connected systems as sources of what is seen: which are live, which not, and since when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Protocol

from relconsole.domain.kernel.ids import SystemId
from relconsole_ui.presenters.seen import Seen, Source, SourceStanding

LIVE_FOR: Final = timedelta(seconds=60)
"""How long the last answer of a system counts as its being there."""


class Heard(Protocol):
    """How a system answered last."""

    @property
    def system(self) -> SystemId:
        """Give its id."""
        ...

    @property
    def answered_at(self) -> datetime | None:
        """Give when it answered last."""
        ...

    @property
    def failing_since(self) -> datetime | None:
        """Give since when it has not answered, None where it answered last."""
        ...

    @property
    def why(self) -> str:
        """Give its last failure."""
        ...


def blind_since(seen: Seen) -> datetime | None:
    """Give since when no source at all is live, None where one is or none is connected."""
    if not seen.sources or any(each.standing is SourceStanding.LIVE for each in seen.sources):
        return None
    known = [each.since for each in seen.sources if each.since is not None]
    return max(known, default=None)


def away_systems(seen: Seen) -> frozenset[SystemId]:
    """Give the systems that do not answer."""
    return frozenset(each.system for each in seen.sources if each.standing is SourceStanding.AWAY)


def present_sources(heard: Iterable[Heard], now: datetime) -> tuple[Source, ...]:
    """Give how each system stands: one never asked is unknown, one not heard of long is stale."""
    return tuple(_source(each, now) for each in heard)


def _source(heard: Heard, now: datetime) -> Source:
    if heard.failing_since is not None:
        return Source(
            system=heard.system,
            standing=SourceStanding.AWAY,
            since=heard.failing_since,
            why=heard.why,
        )
    if heard.answered_at is None:
        return Source(system=heard.system, standing=SourceStanding.UNKNOWN)
    is_live = now - heard.answered_at <= LIVE_FOR
    return Source(
        system=heard.system,
        standing=SourceStanding.LIVE if is_live else SourceStanding.STALE,
        since=heard.answered_at,
    )
