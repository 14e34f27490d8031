"""What the tier shares: one set of servers, one desktop, and one night that is played once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.console import CommandLine
from tests.live.desktop import Desktop, desktop
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
