"""What the tier shares: servers, desktops, and two nights that are played once each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live import great_night
from tests.live.buildbot import Master, master
from tests.live.console import CommandLine
from tests.live.desktop import Desktop, desktop
from tests.live.facts import facts_of
from tests.live.great_night import GreatSeen, GreatStage
from tests.live.relay import relay
from tests.live.request_tracker import RequestTracker, request_tracker
from tests.live.servers import Monitoring, monitoring
from tests.live.story import PASSPHRASES, TOKEN, Seen, Stage, play


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that none can be run without its servers by accident."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("live")


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monitoring]:
    with monitoring(tmp_path_factory.mktemp("servers"), TOKEN) as started:
        yield started


@pytest.fixture(scope="session")
def buildbot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Master]:
    with master(tmp_path_factory.mktemp("buildbot")) as started:
        yield started


@pytest.fixture(scope="session")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RequestTracker]:
    with request_tracker(tmp_path_factory.mktemp("request_tracker")) as started:
        yield started


@pytest.fixture(scope="session")
def at_the_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    with desktop(tmp_path_factory.mktemp("desk")) as opened:
        yield opened


@pytest.fixture(scope="session")
def stage(
    tmp_path_factory: pytest.TempPathFactory, servers: Monitoring, at_the_desk: Desktop
) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("night")
    line = CommandLine(
        store=folder / "store", environment=at_the_desk.environment, passphrases=PASSPHRASES
    )
    try:
        yield Stage(folder=folder, line=line, monitoring=servers, desktop=at_the_desk)
    finally:
        line.close()


@pytest.fixture(scope="session")
def seen(stage: Stage) -> Seen:
    """The night, played to its end the first time that a test asks for it."""
    return play(stage)


@pytest.fixture(scope="session")
def great_stage(
    tmp_path_factory: pytest.TempPathFactory, tracker: RequestTracker, buildbot: Master
) -> Iterator[GreatStage]:
    """A monitoring and a desktop of its own: people, versions and alerts bear the same names."""
    folder = tmp_path_factory.mktemp("great-night")
    for name in ("servers", "relay"):
        (folder / name).mkdir()
    with (
        monitoring(folder / "servers", TOKEN, lookback="10s") as watching,
        relay(folder / "relay", buildbot.port, "/auth/login") as between,
        desktop(folder / "desk") as opened,
    ):
        line = CommandLine(
            store=folder / "store", environment=opened.environment, passphrases=PASSPHRASES
        )
        try:
            yield GreatStage(
                folder=folder,
                line=line,
                monitoring=watching,
                desktop=opened,
                tracker=tracker,
                buildbot=buildbot,
                relay=between,
                ticket=tracker.new_ticket("tomas", Subject="Payments 2026.4"),
            )
        finally:
            line.close()


@pytest.fixture(scope="session")
def great_seen(great_stage: GreatStage) -> GreatSeen:
    """The night with a change and a build system, played to its end once."""
    return great_night.play(great_stage)


@pytest.fixture
def great_facts(great_stage: GreatStage, great_seen: GreatSeen) -> list[dict[str, Any]]:
    """The facts of the exported journal."""
    great_seen.answers["export"].done()
    return facts_of(great_stage.folder / "journal.jsonl")


@pytest.fixture
def great_effects(great_seen: GreatSeen) -> dict[str, dict[str, Any]]:
    """The effects of the night by their ids, as they stood in the end."""
    found: dict[str, dict[str, Any]] = great_seen.answers["status"].document["effects"]
    return found
