"""How connected systems stand as sources."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from relconsole.domain.kernel.ids import SystemId
from relconsole_ui.presenters.seen import Source, SourceStanding
from relconsole_ui.presenters.sources import LIVE_FOR, present_sources

NOW = datetime(2026, 4, 21, tzinfo=UTC)
METRICS = SystemId("metrics")


@dataclass
class Heard:
    system: SystemId = METRICS
    answered_at: datetime | None = None
    failing_since: datetime | None = None
    why: str = ""


def stands(**heard: object) -> Source:
    (source,) = present_sources([Heard(**heard)], NOW)  # type: ignore[arg-type]
    return source


def test_that_a_system_that_was_never_asked_is_unknown() -> None:
    assert stands() == Source(system=METRICS, standing=SourceStanding.UNKNOWN)


def test_that_a_system_is_live_only_for_a_while_after_its_answer() -> None:
    fresh, old = NOW - LIVE_FOR, NOW - LIVE_FOR - timedelta(seconds=1)
    assert stands(answered_at=fresh).standing is SourceStanding.LIVE
    assert stands(answered_at=old) == Source(
        system=METRICS, standing=SourceStanding.STALE, since=old
    )


def test_that_a_system_that_fails_is_away_since_it_does_and_says_why() -> None:
    failing = stands(answered_at=NOW, failing_since=NOW, why="no route")
    assert failing == Source(
        system=METRICS, standing=SourceStanding.AWAY, since=NOW, why="no route"
    )
