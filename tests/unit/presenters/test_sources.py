"""How connected systems stand as sources."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from relconsole.domain.kernel.ids import SystemId
from relconsole_ui.presenters.seen import Source, SourceStanding
from relconsole_ui.presenters.sources import (
    LIVE_FOR,
    away_systems,
    blind_since,
    present_sources,
)
from tests.unit.presenters.night_plan import DESK, EDGE_METRICS, at
from tests.unit.presenters.night_plan import METRICS as PROMETHEUS
from tests.unit.presenters.scenes import all_live, calm, none_live

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


def test_that_nothing_is_seen_since_the_last_system_fell_silent() -> None:
    stage = calm()
    assert blind_since(stage.seen()) is None
    assert blind_since(stage.seen(sources=())) is None
    lost = at("02:08")
    assert blind_since(stage.seen(sources=none_live(lost))) == lost
    one_is_left = (*none_live(lost)[:2], all_live(stage.now)[2])
    assert blind_since(stage.seen(sources=one_is_left)) is None
    assert away_systems(stage.seen(sources=one_is_left)) == {DESK, PROMETHEUS}
    assert away_systems(stage.seen(sources=none_live(lost))) == {DESK, PROMETHEUS, EDGE_METRICS}
