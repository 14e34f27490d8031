"""The list of connected systems: unknown is never live, and a night keeps what it asks."""

from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.ids import SystemId
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.connections import ConnectionRow, present_connections
from relconsole_ui.presenters.seen import Source, SourceStanding
from relconsole_ui.presenters.settings_seen import SettingsSeen
from tests.unit.presenters import scenes
from tests.unit.presenters.night_plan import METRICS, ZONE
from tests.unit.presenters.scenes import Stage

OTHER = SystemId("other")


def seen(stage: Stage, *sources: Source, systems: bool = True) -> SettingsSeen:
    known = {
        METRICS: System(id=METRICS, plugin="prometheus", url="https://metrics.example.org"),
        OTHER: System(id=OTHER, plugin="strange"),
    }
    workspace = replace(stage.state.workspace, systems=known if systems else {})
    return SettingsSeen(
        state=replace(stage.state, workspace=workspace),
        kind=stage.kind,
        now=stage.now,
        zone=ZONE,
        sources=sources,
    )


def row(found: SettingsSeen, key: SystemId) -> ConnectionRow:
    rows = present_connections(found, {"prometheus": "Prometheus"})
    return next(each for each in rows.rows if each.key == key)


@pytest.mark.parametrize(
    ("standing", "ago", "status", "state"),
    [
        (SourceStanding.LIVE, 8, Status.DONE, "live, answered 8\u00a0s ago"),
        (SourceStanding.STALE, 90, Status.STALE, "stale, answered 1\u00a0min 30\u00a0s ago"),
        (SourceStanding.AWAY, 200, Status.WARNING, "away since 01:06:40, 3\u00a0min 20\u00a0s"),
        (SourceStanding.UNKNOWN, None, Status.UNKNOWN, "not asked yet"),
        (SourceStanding.LIVE, -5, Status.DONE, "live, answered 0\u00a0s ago"),
    ],
)
def test_that_a_system_says_how_it_stands_and_since_when(
    standing: SourceStanding, ago: int | None, status: Status, state: str
) -> None:
    stage = scenes.before()
    since = None if ago is None else stage.now - timedelta(seconds=ago)
    source = Source(system=METRICS, standing=standing, since=since, why="it hung")
    found = row(seen(stage, source), METRICS)
    assert (found.status, found.state, found.why) == (status, state, "it hung")
    assert found.sentence == (f"metrics, Prometheus. https://metrics.example.org. {state}. it hung")


def test_that_a_system_of_which_nothing_is_known_is_unknown_under_its_plugins_id() -> None:
    found = row(seen(scenes.before()), OTHER)
    assert (found.plugin, found.status, found.state) == ("strange", Status.UNKNOWN, "not asked yet")


def test_that_live_systems_are_counted() -> None:
    stage = scenes.before()
    live = Source(system=METRICS, standing=SourceStanding.LIVE, since=stage.now)
    rows = present_connections(seen(stage, live), {})
    assert (rows.note, rows.empty) == ("1 of 2 systems live", "")


def test_that_nothing_connected_says_what_follows() -> None:
    rows = present_connections(seen(scenes.before(), systems=False), {})
    assert (rows.rows, rows.note) == ((), "")
    assert "by voice" in rows.empty


def test_that_what_an_open_night_asks_is_not_removed() -> None:
    night, day = seen(scenes.calm()), seen(scenes.finished())
    assert row(night, METRICS).why_no_remove == (
        f"the open night of {next(iter(night.state.workspace.releases.values())).title} asks it"
    )
    assert row(night, OTHER).why_no_remove == ""
    assert row(day, METRICS).why_no_remove == ""
