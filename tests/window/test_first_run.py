"""C11: `relconsole demo` in a fresh home shows a running night, and nobody was asked anything.

Under the socket guard no call of the window, its plugins or the estate names another machine.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import pytest

from tests.window.conftest import Start
from tests.window.program import RELCONSOLE, Program
from tests.window.screen import Screen
from tests.window.spoken import Spoken

PROMISED: Final = 60.0
BOUND: Final = 180.0
"""Seconds until the test gives up; the promise is printed, as two cores are shared by many."""


def _await_night(shown: Program) -> tuple[Spoken, float]:
    """Give what the bridge says once it has a step to act on, and the seconds that it took."""
    began = time.monotonic()
    shown.await_window(BOUND)
    heard = shown.await_words("Open the bridge and announce the start", BOUND)
    return heard, time.monotonic() - began


def test_that_c11_the_first_run_shows_a_running_night_asks_nothing_and_reaches_nobody(
    large: Screen, start: Start, pictures: Path
) -> None:
    shown = start(large, [RELCONSOLE, "demo"], guarded=True)
    heard, seconds = _await_night(shown)
    picture = large.picture().save(pictures / "first-run.png")
    print(f"C11: the night is there after {seconds:.1f} s, promised {PROMISED:.0f} s; {picture}")
    assert heard.says("DEMO")
    assert heard.says("Nothing leaves this machine")
    assert heard.questions() == []
    # Long enough for a plugin, a forecast and a look at every system.
    time.sleep(5.0)
    heard = shown.spoken()
    assert heard.says("indicators inside")
    assert heard.questions() == []
    seen = shown.sockets()
    print(f"C11: {seen.calls} socket calls; others are {'refused' if seen.refused else 'told'}")
    assert seen.calls > 0
    assert seen.foreign == ()


def test_that_a3_everything_that_takes_the_keyboard_has_a_name(
    small: Screen, start: Start, pictures: Path
) -> None:
    shown = start(small, [RELCONSOLE, "demo"])
    heard, _ = _await_night(shown)
    small.picture().save(pictures / "first-run-1280.png")
    assert [(it.role, it.place) for it in heard.nameless()] == []


@pytest.mark.parametrize("words", [("demo",), ()])
def test_that_the_window_closes_by_its_key_and_leaves_nothing_behind(
    large: Screen, start: Start, words: tuple[str, ...]
) -> None:
    shown = start(large, [RELCONSOLE, *words])
    shown.await_window(BOUND)
    shown.await_words("Open the bridge and announce the start" if words else "No release", BOUND)
    shown.keys.press("ctrl+q")
    assert shown.process.wait(30.0) == 0
    assert shown.family() == {}
