"""What the tier shares: two screens, and the picture of a screen on which a test failed."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from tests.window.program import Program, program
from tests.window.screen import Screen, screen

LARGE: Final = (1600, 1000)
SMALL: Final = (1280, 800)
Start = Callable[..., Program]
_SCREENS: Final = ("large", "small")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let it be said how often the window is killed."""
    parser.addoption("--kills", default="10", help="how often the window of a night is killed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that none is run without a display by accident."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("window")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep what the screen shows at the moment when a test fails."""
    report = yield
    if report.when == "call" and report.failed:
        fixtures: dict[str, object] = getattr(item, "funcargs", {})
        for name in _SCREENS:
            shown = fixtures.get(name)
            if isinstance(shown, Screen):
                path = pictures_of(item.config) / f"failed-{_as_a_name(item.name)}-{name}.png"
                report.sections.append(("screen", str(shown.picture().save(path))))
    return report


def _as_a_name(words: str) -> str:
    return re.sub(r"[^\w-]+", "-", words).strip("-")


def pictures_of(config: pytest.Config) -> Path:
    """Give the folder in which pictures are kept after the run."""
    return config.rootpath / "build" / "window"


@pytest.fixture(scope="session")
def pictures(request: pytest.FixtureRequest) -> Path:
    """The folder in which pictures are kept after the run."""
    return pictures_of(request.config)


@pytest.fixture(scope="session")
def large() -> Iterator[Screen]:
    with screen(LARGE) as opened:
        yield opened


@pytest.fixture(scope="session")
def small() -> Iterator[Screen]:
    with screen(SMALL) as opened:
        yield opened


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts programs, each in a home of its own; all of them end with the test."""
    with ExitStack() as running:
        homes = 0

        def started(on: Screen, words: Sequence[str], *, guarded: bool = False) -> Program:
            nonlocal homes
            homes += 1
            home = tmp_path / f"home-{homes}"
            return running.enter_context(program(on, home, words, guarded=guarded))

        yield started
